import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads an access log from standard input, rejects what cannot be trusted, reports the busiest clients. */
public class Main {
    enum Reason { LONG, BINARY, SHAPE, TIME, ADDRESS, REQUEST, NUMBER }

    static final int MAX_LINE = 1024;
    static final long MAX_BYTES = 1_000_000_000_000L;
    static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static final Set<String> PROTOCOLS = Set.of("HTTP/1.0", "HTTP/1.1", "HTTP/2");

    static final class Rejected extends Exception {
        final Reason reason;

        Rejected(Reason reason) {
            super(reason.name(), null, false, false);
            this.reason = reason;
        }
    }

    record Entry(long seconds, long address, int status, long bytes) {}

    static final class Client {
        final long address;
        final List<Long> times = new ArrayList<>();
        long errors;
        long bytes;
        long peak;

        Client(long address) {
            this.address = address;
        }

        String name() {
            return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
        }
    }

    /** Moves over one line; every take throws when the line does not go on as it should. */
    static final class Cursor {
        final String line;
        int at;

        Cursor(String line) {
            this.line = line;
        }

        char now() {
            return at < line.length() ? line.charAt(at) : '\0';
        }

        void space() throws Rejected {
            if (now() != ' ') throw new Rejected(Reason.SHAPE);
            at++;
        }

        String word() throws Rejected {
            int start = at;
            while (at < line.length() && now() != ' ' && now() != '"') at++;
            if (at == start) throw new Rejected(Reason.SHAPE);
            return line.substring(start, at);
        }

        String quoted() throws Rejected {
            if (now() != '"') throw new Rejected(Reason.SHAPE);
            StringBuilder text = new StringBuilder();
            for (at++; at < line.length(); at++) {
                if (now() == '"') {
                    at++;
                    return text.toString();
                }
                if (now() == '\\') {
                    at++;
                    if (now() != '"' && now() != '\\') throw new Rejected(Reason.SHAPE);
                }
                text.append(now());
            }
            throw new Rejected(Reason.SHAPE);
        }

        void end() throws Rejected {
            if (at != line.length()) throw new Rejected(Reason.SHAPE);
        }
    }

    /** A decimal number without leading zeros of at most `longest` digits, or -1. */
    static long number(String text, int longest) {
        if (text.isEmpty() || text.length() > longest || (text.charAt(0) == '0' && text.length() > 1)) return -1;
        long value = 0;
        for (int at = 0; at < text.length(); at++) {
            char sign = text.charAt(at);
            if (sign < '0' || sign > '9') return -1;
            value = value * 10 + (sign - '0');
        }
        return value;
    }

    static boolean leap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    static int lengthOf(int month, int year) {
        return month == 2 && leap(year) ? 29 : DAYS[month - 1];
    }

    static long parseTime(String text) throws Rejected {
        String shape = "dddd-dd-ddTdd:dd:ddZ";
        if (text.length() != shape.length()) throw new Rejected(Reason.TIME);
        for (int at = 0; at < shape.length(); at++) {
            char sign = text.charAt(at);
            boolean fits = shape.charAt(at) == 'd' ? sign >= '0' && sign <= '9' : sign == shape.charAt(at);
            if (!fits) throw new Rejected(Reason.TIME);
        }
        int year = Integer.parseInt(text.substring(0, 4));
        int month = Integer.parseInt(text.substring(5, 7));
        int day = Integer.parseInt(text.substring(8, 10));
        int hour = Integer.parseInt(text.substring(11, 13));
        int minute = Integer.parseInt(text.substring(14, 16));
        int second = Integer.parseInt(text.substring(17, 19));
        if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) {
            throw new Rejected(Reason.TIME);
        }
        if (day < 1 || day > lengthOf(month, year)) throw new Rejected(Reason.TIME);
        long past = year - 1;
        long days = past * 365 + past / 4 - past / 100 + past / 400 + day;
        for (int each = 1; each < month; each++) days += lengthOf(each, year);
        return ((days * 24 + hour) * 60 + minute) * 60 + second;
    }

    static long parseAddress(String text) throws Rejected {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) throw new Rejected(Reason.ADDRESS);
        long address = 0;
        for (String part : parts) {
            long value = number(part, 3);
            if (value < 0 || value > 255) throw new Rejected(Reason.ADDRESS);
            address = address * 256 + value;
        }
        return address;
    }

    static void checkRequest(String text) throws Rejected {
        String[] parts = text.split(" ", -1);
        if (parts.length != 3) throw new Rejected(Reason.REQUEST);
        boolean method = parts[0].matches("[A-Z]{1,10}");
        if (!method || !parts[1].startsWith("/") || !PROTOCOLS.contains(parts[2])) {
            throw new Rejected(Reason.REQUEST);
        }
    }

    static Entry parse(String line) throws Rejected {
        if (line.length() > MAX_LINE) throw new Rejected(Reason.LONG);
        for (int at = 0; at < line.length(); at++) {
            if (line.charAt(at) < 32 || line.charAt(at) > 126) throw new Rejected(Reason.BINARY);
        }
        Cursor cursor = new Cursor(line);
        String time = cursor.word();
        cursor.space();
        String address = cursor.word();
        cursor.space();
        String request = cursor.quoted();
        cursor.space();
        String status = cursor.word();
        cursor.space();
        String size = cursor.word();
        cursor.space();
        cursor.quoted();
        cursor.end();
        long seconds = parseTime(time);
        long client = parseAddress(address);
        checkRequest(request);
        long code = number(status, 3);
        long bytes = size.equals("-") ? 0 : number(size, 13);
        if (code < 100 || code > 599 || bytes < 0 || bytes > MAX_BYTES) throw new Rejected(Reason.NUMBER);
        return new Entry(seconds, client, (int) code, bytes);
    }

    static long peakOf(List<Long> found) {
        long[] times = found.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(times);
        int peak = 0;
        int first = 0;
        for (int last = 0; last < times.length; last++) {
            while (times[last] - times[first] >= 60) first++;
            peak = Math.max(peak, last - first + 1);
        }
        return peak;
    }

    public static void main(String[] args) throws IOException {
        // ISO-8859-1 keeps one character a byte.
        String log = new String(System.in.readAllBytes(), StandardCharsets.ISO_8859_1);
        long[] counts = new long[Reason.values().length];
        Map<Long, Client> clients = new HashMap<>();
        long accepted = 0;
        for (int start = 0; start < log.length(); ) {
            int end = log.indexOf('\n', start);
            if (end < 0) break;
            String line = log.substring(start, end);
            start = end + 1;
            if (line.endsWith("\r")) line = line.substring(0, line.length() - 1);
            if (line.isEmpty()) continue;
            try {
                Entry entry = parse(line);
                accepted++;
                Client client = clients.computeIfAbsent(entry.address(), Client::new);
                client.times.add(entry.seconds());
                if (entry.status() >= 500) client.errors++;
                client.bytes += entry.bytes();
            } catch (Rejected rejected) {
                counts[rejected.reason.ordinal()]++;
            }
        }
        List<Client> rows = new ArrayList<>(clients.values());
        for (Client client : rows) client.peak = peakOf(client.times);
        rows.sort(Comparator.comparingLong((Client c) -> -c.peak)
                .thenComparingLong(c -> -c.bytes)
                .thenComparingLong(c -> c.address));
        StringBuilder out = new StringBuilder();
        out.append("accepted ").append(accepted).append('\n');
        out.append("rejected ").append(Arrays.stream(counts).sum()).append('\n');
        for (Reason reason : Reason.values()) {
            out.append(reason.name().toLowerCase()).append(' ').append(counts[reason.ordinal()]).append('\n');
        }
        out.append("clients ").append(rows.size()).append('\n');
        for (Client client : rows.subList(0, Math.min(10, rows.size()))) {
            out.append(client.name()).append(" requests ").append(client.times.size())
                    .append(" errors ").append(client.errors).append(" bytes ").append(client.bytes)
                    .append(" peak ").append(client.peak).append('\n');
        }
        System.out.print(out);
    }
}
