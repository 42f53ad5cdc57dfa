package io.millrace.worker.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where a worker may go for others. Addresses come from callers, so a worker could be made to ask what only it can reach: services
 * of its own network, its own machine, the cloud's metadata. Judged is an address, never a name.
 */
public final class Targets {

    /** What is not a host of the public internet: RFC 6890 and its successors, and Azure's own for its metadata. */
    private static final String SPECIAL_V4 = """
            0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 \
            192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4""";

    /** The only part of IPv6 that has public hosts: without loopback, unique local, link local, multicast, … */
    private static final String PUBLIC_V6 = "2000::/3";

    /** But for protocols (Teredo among them), documentation, and what has an IPv4 address within (6to4). */
    private static final String SPECIAL_V6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";

    /** Where a network without IPv4 finds the hosts that have nothing else; the last four bytes are their address. */
    private static final String TRANSLATED = "64:ff9b::/96";

    private final boolean anywhere;
    private final List<String> names = new ArrayList<>();
    private final List<Network> networks = new ArrayList<>();
    private final List<Network> special = Stream.of(SPECIAL_V4.split(" "), SPECIAL_V6.split(" "))
            .flatMap(Stream::of)
            .map(Network::of)
            .toList();
    private final Network publicV6 = Network.of(PUBLIC_V6);
    private final Network translated = Network.of(TRANSLATED);

    /**
     * @param anywhere whether every address will do
     * @param allowed names and networks that will, though they are not public
     * @throws IllegalArgumentException if one of them is neither
     */
    public Targets(boolean anywhere, List<String> allowed) {
        this.anywhere = anywhere;
        for (String each : allowed) {
            if (each.contains("/") || isLiteral(each)) {
                networks.add(Network.of(each));
            } else if (each.matches("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*")) {
                names.add(each.toLowerCase(Locale.ROOT));
            } else {
                throw new IllegalArgumentException("'" + each + "' is neither a name nor an address nor a network");
            }
        }
    }

    private static boolean isLiteral(String text) {
        try {
            var _ = InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether it may go to this address, which was found for this name. */
    public boolean allow(String host, InetAddress address) {
        return anywhere
                || isPublic(address.getAddress())
                || networks.stream().anyMatch(network -> network.contains(address.getAddress()))
                || isNamed(host.toLowerCase(Locale.ROOT));
    }

    private boolean isNamed(String host) {
        return names.stream()
                .anyMatch(name -> name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name));
    }

    private boolean isPublic(byte[] address) {
        if (address.length == Network.V4) {
            return special.stream().noneMatch(network -> network.contains(address));
        }
        if (translated.contains(address)) {
            byte[] within = new byte[Network.V4];
            System.arraycopy(address, address.length - within.length, within, 0, within.length);
            return isPublic(within);
        }
        return publicV6.contains(address) && special.stream().noneMatch(network -> network.contains(address));
    }

    /** All addresses that begin with the same bits. An IPv4 address in the clothes of IPv6 is one of IPv4, as Java has it. */
    private static final class Network {

        static final int V4 = 4;

        private final byte[] prefix;
        private final int bits;

        private Network(byte[] prefix, int bits) {
            this.prefix = prefix;
            this.bits = bits;
        }

        static Network of(String text) {
            String[] parts = text.split("/", 2);
            byte[] prefix = InetAddress.ofLiteral(parts[0]).getAddress();
            int most = prefix.length * Byte.SIZE;
            int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
            if (bits < 0 || bits > most) {
                throw new IllegalArgumentException("'" + text + "' is no network");
            }
            return new Network(prefix, bits);
        }

        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % Byte.SIZE);
                if (((address[bit / Byte.SIZE] ^ prefix[bit / Byte.SIZE]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
