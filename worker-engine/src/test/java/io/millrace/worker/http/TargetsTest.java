package io.millrace.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {

    private static boolean allowed(Targets targets, String literal) {
        return targets.allow("example.org", InetAddress.ofLiteral(literal));
    }

    private static Targets strict() {
        return new Targets(false, List.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "198.18.0.1",
                "203.0.113.9",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::",
                "2001::1",
                "2001:db8::1",
                "100::1",
                "3fff::1"
            })
    void whatIsNoPublicHostIsRefused(String address) {
        assertThat(allowed(strict(), address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "172.15.0.1",
                "172.32.0.1",
                "100.63.0.1",
                "100.128.0.1",
                "169.253.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450::1",
                "64:ff9b::1.1.1.1",
                "::ffff:1.1.1.1"
            })
    void aPublicHostIsNot(String address) {
        assertThat(allowed(strict(), address)).isTrue();
    }

    @Test
    void anIpv4AddressInTheClothesOfIpv6IsJudgedAsWhatItIs() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;

        assertThat(strict().allow("example.org", InetAddress.getByAddress(mapped)))
                .isFalse();
    }

    @Test
    void namesAddressesAndNetworksCanBeAllowed() {
        var targets = new Targets(
                false, List.of("hooks.internal", "*.corp.example", "10.1.0.0/16", "192.168.7.7", "fd12::/16"));
        var inside = InetAddress.ofLiteral("10.9.9.9");

        assertThat(targets.allow("HOOKS.internal", inside)).isTrue();
        assertThat(targets.allow("a.b.corp.example", inside)).isTrue();
        assertThat(targets.allow("corp.example", inside)).isFalse();
        assertThat(targets.allow("evilcorp.example", inside)).isFalse();
        assertThat(targets.allow("other.internal", inside)).isFalse();
        assertThat(allowed(targets, "10.1.255.255")).isTrue();
        assertThat(allowed(targets, "10.2.0.0")).isFalse();
        assertThat(allowed(targets, "192.168.7.7")).isTrue();
        assertThat(allowed(targets, "192.168.7.8")).isFalse();
        assertThat(allowed(targets, "fd12:3456::1")).isTrue();
        assertThat(allowed(targets, "fd13::1")).isFalse();
    }

    @Test
    void anythingCanBeAllowed() {
        assertThat(allowed(new Targets(true, List.of()), "127.0.0.1")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/-1", "a b", "http://x", "*"})
    void whatIsNeitherIsRefusedWhenTheWorkerStarts(String entry) {
        assertThatThrownBy(() -> new Targets(false, List.of(entry))).isInstanceOf(IllegalArgumentException.class);
    }
}
