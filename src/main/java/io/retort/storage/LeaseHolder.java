package io.retort.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The identity of a process, which no other has.
 *
 * @param host its name, for people
 * @param space within which its number means one process: the boot of the machine and, on Linux, the container; empty
 *     where that is unknown
 * @param process its number
 * @param begun when it began, in a unit of that machine that no setting of a clock changes; a number that is used again
 *     has another beginning
 */
public record LeaseHolder(String host, String space, long process, String begun) {
    /** This process. */
    public static LeaseHolder current() {
        long process = ProcessHandle.current().pid();
        return new LeaseHolder(
                hostName(), currentSpace(), process, begun(process).orElse(""));
    }

    /** Whether this process certainly does not live. Processes of other machines and containers are unknown. */
    public boolean gone() {
        return !space.isEmpty()
                && !begun.isEmpty()
                && space.equals(currentSpace())
                && !begun(process).map(begun::equals).orElse(false);
    }

    @Override
    public String toString() {
        return "process " + process + " on " + host;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unnamed host";
        }
    }

    private static String currentSpace() {
        if (begun(1).isEmpty()) {
            return ""; // other users' processes are hidden from this one, so that they look as if they were gone
        }
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            return boot + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            return "";
        }
    }

    /**
     * When a process began, in clock ticks since the machine was started (proc(5), field 22 of
     * {@code /proc/<pid>/stat}); nothing where it does not live. {@code ProcessHandle} adds the time of the boot to it,
     * which moves when the clock is set.
     */
    private static Optional<String> begun(long process) {
        try {
            String line = new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(process), "stat")), StandardCharsets.ISO_8859_1);
            // the second field is the program's name, in parentheses, and may hold anything
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            boolean dead = fields[0].equals("Z") || fields[0].equals("X"); // its parent has not waited for it yet
            return dead ? Optional.empty() : Optional.of(fields[19]);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
