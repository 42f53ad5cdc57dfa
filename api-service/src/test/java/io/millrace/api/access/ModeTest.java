package io.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeTest {

    @ParameterizedTest
    @CsvSource({
        // loopback, required, any credential, starts
        "true,  false, false, true",
        "true,  true,  false, true",
        "false, true,  true,  true",
        "false, true,  false, false",
        "false, false, true,  false",
        "false, false, false, false",
    })
    void nobody_is_let_in_from_beyond_without_a_credential(
            boolean loopback, boolean required, boolean credential, boolean starts) {
        assertThat(Mode.refuse(loopback, required, credential).isEmpty()).isEqualTo(starts);
    }

    @Test
    void who_cannot_start_is_told_what_to_set() {
        assertThat(Mode.refuse(false, true, false).orElseThrow())
                .contains("MILLRACE_ACCESS_BOOTSTRAP_KEY", "millrace.access.oidc.issuer", "quarkus.http.host");
    }

    @Test
    void after_logging_in_one_goes_on_within_this_service() {
        assertThat(LoginResource.ours("/jobs?state=FAILURE")).isEqualTo("/jobs?state=FAILURE");
        for (String other : new String[] {
            "//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb", "/\t/evil.example"
        }) {
            assertThat(LoginResource.ours(other)).isEqualTo("/");
        }
        assertThat(LoginResource.ours(null)).isEqualTo("/");
    }

    @Test
    void who_knocks_too_often_is_told_how_long_to_wait_and_others_are_not() {
        var throttle = new Throttle("test", Optional.of("2/10s"));

        assertThat(throttle.take("a", 0)).isZero();
        assertThat(throttle.take("a", 0)).isZero();
        assertThat(throttle.take("a", 0)).isEqualTo(Duration.ofSeconds(5));
        assertThat(throttle.take("b", 0)).isZero();
        assertThat(throttle.take("a", Duration.ofSeconds(5).toNanos())).isZero();
        assertThat(new Throttle("test", Optional.empty()).take("a", 0)).isZero();
    }
}
