import java.io.IOException;
import java.util.Arrays;

/** Reads an access log from standard input and writes the report of the statement. */
public class Main {
    static final String[] REASONS = {"long", "binary", "shape", "time", "address", "request", "number"};

    // Take one line without its line end: accept it, or reject it for the first reason that holds.

    public static void main(String[] args) throws IOException {
        byte[] log = System.in.readAllBytes(); // Bytes: the log may hold anything.
        long[] counts = new long[REASONS.length];
        long accepted = 0;

        // TODO: go through the lines of the log.

        System.out.println("accepted " + accepted);
        System.out.println("rejected " + Arrays.stream(counts).sum());
        for (int reason = 0; reason < REASONS.length; reason++) {
            System.out.println(REASONS[reason] + " " + counts[reason]);
        }
        System.out.println("clients " + 0);
    }
}
