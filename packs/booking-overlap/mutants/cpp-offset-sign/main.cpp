// Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

// Minutes since 1970 in UTC.
using Minutes = long long;

struct Booking {
    std::string id, room;
    Minutes start, end;
};

Minutes days_from_civil(int year, int month, int day) {
    year -= month <= 2;
    const int era = year / 400;
    const int year_of_era = year - era * 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097LL + day_of_era - 719468;
}

Minutes minutes_of(const std::string& text) {
    int year, month, day, hour, minute;
    std::sscanf(text.c_str(), "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute);
    Minutes offset = 0;
    if (text.back() != 'Z') {
        const std::size_t at = text.size() - 6;
        offset = std::stoi(text.substr(at + 1, 2)) * 60 + std::stoi(text.substr(at + 4, 2));
        if (text[at] == '-') offset = -offset;
    }
    return (days_from_civil(year, month, day) * 24 + hour) * 60 + minute + offset;
}

std::string written(Minutes minutes) {
    Minutes days = minutes / 1440 + 719468;
    const Minutes era = days / 146097;
    const Minutes day_of_era = days - era * 146097;
    const Minutes year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const Minutes day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const Minutes shifted = (5 * day_of_year + 2) / 153;
    const int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
    const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
    const int year = static_cast<int>(year_of_era + era * 400 + (month <= 2));
    const int of_day = static_cast<int>(minutes % 1440);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02dZ", year, month, day, of_day / 60, of_day % 60);
    return text;
}

class Calendar {
public:
    std::string open_room(const std::string& room, Minutes cleaning) {
        return cleaning_.emplace(room, cleaning).second ? "ok" : "exists";
    }

    std::string book(const std::string& id, const std::string& room, Minutes start, Minutes end) {
        if (!cleaning_.count(room)) return "unknown";
        if (bookings_.count(id)) return "exists";
        return place(id, room, start, end);
    }

    std::string move(const std::string& id, Minutes start, Minutes end) {
        const auto found = bookings_.find(id);
        if (found == bookings_.end()) return "unknown";
        return place(id, std::string(found->second.room), start, end);
    }

    std::string cancel(const std::string& id) { return bookings_.erase(id) ? "ok" : "unknown"; }

    std::string free(const std::string& room, Minutes start, Minutes length) const {
        if (!cleaning_.count(room)) return "unknown";
        for (;;) {
            const auto others = in_the_way(room, start, start + length, "");
            if (others.empty()) return written(start);
            start = others.back().end + cleaning_.at(room);
        }
    }

private:
    // Bookings of the room that are in the way of start..end, the earliest first.
    std::vector<Booking> in_the_way(const std::string& room, Minutes start, Minutes end, const std::string& but) const {
        const Minutes gap = cleaning_.at(room);
        std::vector<Booking> found;
        for (const auto& [id, other] : bookings_) {
            if (other.room != room || id == but) continue;
            if (start < other.end + gap && other.start < end + gap) found.push_back(other);
        }
        std::sort(found.begin(), found.end(), [](const Booking& a, const Booking& b) { return a.start < b.start; });
        return found;
    }

    std::string place(const std::string& id, const std::string& room, Minutes start, Minutes end) {
        if (end <= start) return "empty";
        const auto others = in_the_way(room, start, end, id);
        if (others.empty()) {
            bookings_[id] = Booking{id, room, start, end};
            return "ok";
        }
        std::string text = "conflict";
        for (const auto& other : others) text += ' ' + other.id;
        return text;
    }

    std::map<std::string, Minutes> cleaning_;
    std::map<std::string, Booking> bookings_;
};

}  // namespace

int main() {
    Calendar calendar;
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream fields(line);
        std::string command, a, b, c, d;
        if (!(fields >> command)) continue;
        fields >> a >> b >> c >> d;
        if (command == "ROOM") std::cout << calendar.open_room(a, std::stoll(b)) << '\n';
        if (command == "BOOK") std::cout << calendar.book(a, b, minutes_of(c), minutes_of(d)) << '\n';
        if (command == "MOVE") std::cout << calendar.move(a, minutes_of(b), minutes_of(c)) << '\n';
        if (command == "CANCEL") std::cout << calendar.cancel(a) << '\n';
        if (command == "FREE") std::cout << calendar.free(a, minutes_of(b), std::stoll(c)) << '\n';
    }
}
