import java.io.*;
import java.util.*;
import java.util.stream.*;

/** Loads at image build what most small programs load, so that it stands in the class data archive. */
public class Warm {
    record Pair(String name, int count) {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        StringTokenizer words = new StringTokenizer(in.readLine());
        Map<String, List<Integer>> groups = new HashMap<>();
        while (words.hasMoreTokens()) groups.computeIfAbsent("a", k -> new ArrayList<>()).add(Integer.parseInt(words.nextToken()));
        List<Integer> more = groups.values().stream().flatMap(List::stream).map(i -> i + 1).collect(Collectors.toList());
        Deque<Integer> deque = new ArrayDeque<>(more);
        PriorityQueue<Integer> queue = new PriorityQueue<>(deque);
        Set<String> names = new TreeSet<>(Arrays.asList("x", "y"));
        Scanner scanner = new Scanner("4 5");
        PrintWriter out = new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out)));
        out.println(new TreeMap<>(groups) + " " + queue.poll() + names + new Pair("p", scanner.nextInt()) + new LinkedHashMap<>(groups));
        out.printf("%d %s %.2f%n", more.size(), new StringBuilder("s").reverse(), Optional.of(1.5).get());
        out.flush();
    }
}
