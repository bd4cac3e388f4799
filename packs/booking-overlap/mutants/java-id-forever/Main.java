import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output. */
public class Main {
    /** Times are minutes since 1970 in UTC. */
    record Booking(String id, String room, long start, long end) {}

    private final Map<String, Long> cleaning = new HashMap<>();
    private final Map<String, Booking> bookings = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    static long minutesOf(String text) {
        return OffsetDateTime.parse(text).toEpochSecond() / 60;
    }

    static String written(long minutes) {
        return Instant.ofEpochSecond(minutes * 60).toString().substring(0, 16) + "Z";
    }

    /** Bookings of the room that are in the way of start..end, the earliest first. */
    List<Booking> inTheWay(String room, long start, long end, String but) {
        long gap = cleaning.get(room);
        List<Booking> found = new ArrayList<>();
        for (Booking other : bookings.values()) {
            if (!other.room().equals(room) || other.id().equals(but)) continue;
            if (start < other.end() + gap && other.start() < end + gap) found.add(other);
        }
        found.sort(Comparator.comparingLong(Booking::start));
        return found;
    }

    String place(String id, String room, long start, long end) {
        if (end <= start) return "empty";
        List<Booking> others = inTheWay(room, start, end, id);
        if (others.isEmpty()) {
            bookings.put(id, new Booking(id, room, start, end));
            return "ok";
        }
        StringBuilder text = new StringBuilder("conflict");
        for (Booking other : others) text.append(' ').append(other.id());
        return text.toString();
    }

    String openRoom(String room, long minutes) {
        return cleaning.putIfAbsent(room, minutes) == null ? "ok" : "exists";
    }

    String book(String id, String room, long start, long end) {
        if (!cleaning.containsKey(room)) return "unknown";
        if (bookings.containsKey(id) || used.contains(id)) return "exists";
        return place(id, room, start, end);
    }

    String move(String id, long start, long end) {
        Booking booking = bookings.get(id);
        return booking == null ? "unknown" : place(id, booking.room(), start, end);
    }

    String cancel(String id) {
        if (bookings.remove(id) == null) return "unknown";
        used.add(id);
        return "ok";
    }

    String free(String room, long start, long minutes) {
        if (!cleaning.containsKey(room)) return "unknown";
        while (true) {
            List<Booking> others = inTheWay(room, start, start + minutes, null);
            if (others.isEmpty()) return written(start);
            start = others.get(others.size() - 1).end() + cleaning.get(room);
        }
    }

    String answer(String[] f) {
        switch (f[0]) {
            case "ROOM": return openRoom(f[1], Long.parseLong(f[2]));
            case "BOOK": return book(f[1], f[2], minutesOf(f[3]), minutesOf(f[4]));
            case "MOVE": return move(f[1], minutesOf(f[2]), minutesOf(f[3]));
            case "CANCEL": return cancel(f[1]);
            case "FREE": return free(f[1], minutesOf(f[2]), Long.parseLong(f[3]));
            default: throw new IllegalArgumentException(f[0]);
        }
    }

    public static void main(String[] args) throws IOException {
        Main calendar = new Main();
        StringBuilder out = new StringBuilder();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isBlank()) out.append(calendar.answer(line.trim().split(" "))).append('\n');
        }
        System.out.print(out);
    }
}
