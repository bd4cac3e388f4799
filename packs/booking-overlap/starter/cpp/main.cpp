// Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output.
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

// The answer to one command, for example {"BOOK", "a", "north", "2026-03-30T09:00+02:00", …}.
std::string answer(const std::vector<std::string>& fields) {
    return "not written yet: " + fields[0];
}

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream stream(line);
        std::vector<std::string> fields;
        for (std::string field; stream >> field;) fields.push_back(field);
        if (!fields.empty()) std::cout << answer(fields) << '\n';
    }
}
