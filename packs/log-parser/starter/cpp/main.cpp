// Reads an access log from standard input and writes the report of the statement.
#include <array>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

constexpr std::array<const char*, 7> REASONS = {"long", "binary", "shape", "time", "address", "request", "number"};

// Take one line without its line end: accept it, or reject it for the first reason that holds.
// bool parse(std::string_view line, ...);

int main() {
    std::ios::sync_with_stdio(false);
    // The whole log; it may hold any byte.
    const std::string log((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
    std::array<std::int64_t, 7> counts{};
    std::int64_t accepted = 0;

    // TODO: go through the lines of the log.

    std::int64_t rejected = 0;
    for (const auto count : counts) rejected += count;
    std::cout << "accepted " << accepted << "\nrejected " << rejected << '\n';
    for (std::size_t reason = 0; reason < REASONS.size(); ++reason) {
        std::cout << REASONS[reason] << ' ' << counts[reason] << '\n';
    }
    std::cout << "clients " << 0 << '\n';
}
