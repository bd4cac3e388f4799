import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/** Keeps a clinic's rooms free of overlaps: commands on standard input, answers on standard output. */
public class Main {
    /** The answer to one command, for example {"BOOK", "a", "north", "2026-03-30T09:00+02:00", …}. */
    static String answer(String[] fields) {
        throw new UnsupportedOperationException("not written yet");
    }

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isBlank()) System.out.println(answer(line.trim().split(" ")));
        }
    }
}
