// Reads an access log from standard input, rejects what cannot be trusted, reports the busiest clients.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

enum Reason { LONG, BINARY, SHAPE, TIME, ADDRESS, REQUEST, NUMBER, REASONS };
constexpr std::array<const char*, REASONS> NAMES = {"long", "binary", "shape", "time", "address", "request", "number"};
constexpr std::array<int, 12> DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr std::size_t MAX_LINE = 1024;
constexpr std::int64_t MAX_BYTES = 1'000'000'000'000;

struct Rejected {
    Reason reason;
};

struct Entry {
    std::int64_t seconds;
    std::uint32_t address;
    int status;
    std::int64_t bytes;
};

struct Client {
    std::vector<std::int64_t> times;
    std::int64_t errors = 0;
    std::int64_t bytes = 0;
    std::int64_t peak = 0;
};

bool digit(char sign) { return sign >= '0' && sign <= '9'; }

// Moves over one line; every take throws when the line does not go on as it should.
class Cursor {
public:
    explicit Cursor(std::string_view line) : line_(line) {}

    void space() {
        if (done() || line_[at_] != ' ') throw Rejected{SHAPE};
        ++at_;
    }

    std::string_view word() {
        const std::size_t start = at_;
        while (!done() && line_[at_] != ' ' && line_[at_] != '"') ++at_;
        if (at_ == start) throw Rejected{SHAPE};
        return line_.substr(start, at_ - start);
    }

    std::string quoted() {
        if (done() || line_[at_] != '"') throw Rejected{SHAPE};
        std::string text;
        for (++at_; !done(); ++at_) {
            if (line_[at_] == '"') {
                ++at_;
                return text;
            }
            if (line_[at_] == '\\') {
                ++at_;
                if (done() || (line_[at_] != '"' && line_[at_] != '\\')) throw Rejected{SHAPE};
            }
            text += line_[at_];
        }
        throw Rejected{SHAPE};
    }

    void end() const {
        if (!done()) throw Rejected{SHAPE};
    }

private:
    bool done() const { return at_ >= line_.size(); }
    std::string_view line_;
    std::size_t at_ = 0;
};

// A decimal number without leading zeros of at most `longest` digits, or -1.
std::int64_t number(std::string_view text, std::size_t longest) {
    if (text.empty() || text.size() > longest || (text[0] == '0' && text.size() > 1)) return -1;
    std::int64_t value = 0;
    for (const char sign : text) {
        if (!digit(sign)) return -1;
        value = value * 10 + (sign - '0');
    }
    return value;
}

bool leap(int year) { return year % 4 == 0; }

std::int64_t parse_time(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != shape.size()) throw Rejected{TIME};
    for (std::size_t at = 0; at < shape.size(); ++at) {
        if (shape[at] == 'd' ? !digit(text[at]) : text[at] != shape[at]) throw Rejected{TIME};
    }
    const auto part = [&](std::size_t at, std::size_t length) { return std::stoi(std::string(text.substr(at, length))); };
    const int year = part(0, 4), month = part(5, 2), day = part(8, 2);
    const int hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
    if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) throw Rejected{TIME};
    const int longest = DAYS[month - 1] + (month == 2 && leap(year) ? 1 : 0);
    if (day < 1 || day > longest) throw Rejected{TIME};
    const std::int64_t past = year - 1;
    std::int64_t days = past * 365 + past / 4 - past / 100 + past / 400 + day;
    for (int each = 1; each < month; ++each) days += DAYS[each - 1] + (each == 2 && leap(year) ? 1 : 0);
    return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

std::uint32_t parse_address(std::string_view text) {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        const std::size_t dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) throw Rejected{ADDRESS};
        const std::int64_t value = number(text.substr(0, dot), 3);
        if (value < 0 || value > 255) throw Rejected{ADDRESS};
        address = address * 256 + static_cast<std::uint32_t>(value);
        text.remove_prefix(part < 3 ? dot + 1 : dot);
    }
    return address;
}

void check_request(const std::string& text) {
    const std::size_t first = text.find(' ');
    const std::size_t last = text.rfind(' ');
    if (first == std::string::npos || first == last) throw Rejected{REQUEST};
    const std::string method = text.substr(0, first);
    const std::string target = text.substr(first + 1, last - first - 1);
    const std::string protocol = text.substr(last + 1);
    const bool capitals = std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (method.empty() || method.size() > 10 || !capitals) throw Rejected{REQUEST};
    if (target.empty() || target[0] != '/' || target.find(' ') != std::string::npos) throw Rejected{REQUEST};
    if (protocol != "HTTP/1.0" && protocol != "HTTP/1.1" && protocol != "HTTP/2") throw Rejected{REQUEST};
}

Entry parse(std::string_view line) {
    if (line.size() > MAX_LINE) throw Rejected{LONG};
    for (const char sign : line) {
        if (sign < 32 || sign > 126) throw Rejected{BINARY};
    }
    Cursor cursor(line);
    const auto time = cursor.word();
    cursor.space();
    const auto address = cursor.word();
    cursor.space();
    const auto request = cursor.quoted();
    cursor.space();
    const auto status = cursor.word();
    cursor.space();
    const auto size = cursor.word();
    cursor.space();
    cursor.quoted();
    cursor.end();

    Entry entry{};
    entry.seconds = parse_time(time);
    entry.address = parse_address(address);
    check_request(request);
    const std::int64_t code = number(status, 3);
    if (code < 100 || code > 599) throw Rejected{NUMBER};
    entry.status = static_cast<int>(code);
    entry.bytes = size == "-" ? 0 : number(size, 13);
    if (entry.bytes < 0 || entry.bytes > MAX_BYTES) throw Rejected{NUMBER};
    return entry;
}

std::int64_t peak_of(std::vector<std::int64_t>& times) {
    std::sort(times.begin(), times.end());
    std::size_t peak = 0, first = 0;
    for (std::size_t last = 0; last < times.size(); ++last) {
        while (times[last] - times[first] >= 60) ++first;
        peak = std::max(peak, last - first + 1);
    }
    return static_cast<std::int64_t>(peak);
}

std::string name_of(std::uint32_t address) {
    return std::to_string(address >> 24) + '.' + std::to_string(address >> 16 & 255) + '.' +
           std::to_string(address >> 8 & 255) + '.' + std::to_string(address & 255);
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    const std::string log((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
    std::array<std::int64_t, REASONS> counts{};
    std::map<std::uint32_t, Client> clients;
    std::int64_t accepted = 0, rejected = 0;
    for (std::size_t start = 0; start < log.size();) {
        std::size_t end = log.find('\n', start);
        if (end == std::string::npos) end = log.size();
        std::string_view line(log.data() + start, end - start);
        start = end + 1;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.empty()) continue;
        try {
            const Entry entry = parse(line);
            ++accepted;
            Client& client = clients[entry.address];
            client.times.push_back(entry.seconds);
            client.errors += entry.status >= 500;
            client.bytes += entry.bytes;
        } catch (const Rejected& why) {
            ++counts[why.reason];
            ++rejected;
        }
    }
    std::vector<std::pair<std::uint32_t, Client*>> rows;
    for (auto& [address, client] : clients) {
        client.peak = peak_of(client.times);
        rows.emplace_back(address, &client);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        if (a.second->peak != b.second->peak) return a.second->peak > b.second->peak;
        if (a.second->bytes != b.second->bytes) return a.second->bytes > b.second->bytes;
        return a.first < b.first;
    });
    std::cout << "accepted " << accepted << "\nrejected " << rejected << '\n';
    for (int reason = 0; reason < REASONS; ++reason) std::cout << NAMES[reason] << ' ' << counts[reason] << '\n';
    std::cout << "clients " << rows.size() << '\n';
    for (std::size_t row = 0; row < rows.size() && row < 10; ++row) {
        const auto& [address, client] = rows[row];
        std::cout << name_of(address) << " requests " << client->times.size() << " errors " << client->errors
                  << " bytes " << client->bytes << " peak " << client->peak << '\n';
    }
}
