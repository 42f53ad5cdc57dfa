package io.millrace.pack.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {

    /** What the reference implementations of Standard Webhooks test themselves with. */
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final Instant AT = Instant.ofEpochSecond(1_614_265_330);
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    @Test
    void thePublicTestVectorIsSignedAsItShouldBe() {
        assertThat(new Signatures(List.of(SECRET)).of(ID, AT, BODY)).isEqualTo(SIGNATURE);
    }

    @Test
    void eachOfSeveralSecretsSigns() {
        String other = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

        String both = new Signatures(List.of(other, SECRET)).of(ID, AT, BODY);

        assertThat(both.split(" ")).hasSize(2).contains(SIGNATURE).allMatch(each -> each.startsWith("v1,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_not!base64"})
    void whatIsNoSecretIsRefusedWithoutTellingIt(String secret) {
        assertThatThrownBy(() -> new Signatures(List.of(SECRET, secret)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessage("number 2 of millrace.webhooks.secrets is not whsec_ and 24 to 64 bytes in Base64");
    }
}
