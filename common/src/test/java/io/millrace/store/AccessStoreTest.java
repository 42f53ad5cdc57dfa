package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.ApiKey;
import io.millrace.access.AuditEntry;
import io.millrace.access.Kind;
import io.millrace.access.Role;
import io.millrace.access.Secret;
import io.millrace.job.NewJob;
import io.millrace.store.AccessStore.NewKey;
import io.millrace.store.AccessStore.Session;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class AccessStoreTest {

    private static final Secret FIRST = Secret.of("first");
    private static final Secret SECOND = Secret.of("second");
    private final Instant soon = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MICROS);

    private final Database database = RealDatabase.empty();
    private final AccessStore store = new AccessStore(database);
    private final AuditStore audit = new AuditStore(database);

    private ApiKey make(String id) {
        return store.create(new NewKey(id, "a key", Role.SUBMITTER, "p", FIRST, "bootstrap", soon));
    }

    @Test
    void aKeyIsFoundAsItWasMade() {
        assertThat(store.anyUsable()).isFalse();

        ApiKey made = make("0123456789abcdef");

        assertThat(store.get("0123456789abcdef")).contains(made);
        assertThat(made.role()).isEqualTo(Role.SUBMITTER);
        assertThat(made.project()).isEqualTo("p");
        assertThat(made.expiresAt()).isEqualTo(soon);
        assertThat(made.accepts(FIRST, Instant.now())).isTrue();
        assertThat(store.anyUsable()).isTrue();
    }

    @Test
    void keysAreListedFromTheNewestOn() {
        make("0000000000000001");
        make("0000000000000002");
        make("0000000000000003");

        List<ApiKey> first = store.list(null, 2);

        assertThat(first).extracting(ApiKey::id).containsExactly("0000000000000003", "0000000000000002");
        assertThat(store.list(first.getLast().id(), 2)).extracting(ApiKey::id).containsExactly("0000000000000001");
    }

    @Test
    void aRotationKeepsTheSecretBeforeForItsGrace() {
        make("0123456789abcdef");

        ApiKey rotated = store.rotate("0123456789abcdef", SECOND, soon).orElseThrow();

        assertThat(rotated.accepts(SECOND, Instant.now())).isTrue();
        assertThat(rotated.accepts(FIRST, Instant.now())).isTrue();
        assertThat(rotated.accepts(FIRST, soon)).isFalse();
        assertThat(store.rotate("0123456789abcdef", FIRST, null).orElseThrow().accepts(SECOND, Instant.now()))
                .isFalse();
    }

    @Test
    void aRevokedKeyIsGoodForNothingAndSoAreItsSessions() {
        make("0123456789abcdef");
        Secret token = Secret.of("token");
        store.openSession(token, new Session("0123456789abcdef", soon));
        assertThat(store.session(token)).contains(new Session("0123456789abcdef", soon));

        ApiKey revoked = store.revoke("0123456789abcdef").orElseThrow();

        assertThat(revoked.accepts(FIRST, Instant.now())).isFalse();
        assertThat(store.session(token)).isEmpty();
        assertThat(store.rotate("0123456789abcdef", SECOND, null)).isEmpty();
        assertThat(store.anyUsable()).isFalse();
    }

    @Test
    void sessionsEndAndAreForgotten() {
        store.openSession(FIRST, new Session("bootstrap", soon));
        store.openSession(SECOND, new Session("bootstrap", Instant.now().minusSeconds(1)));

        assertThat(store.session(SECOND)).isEmpty();
        assertThat(store.forgetSessions(10)).isEqualTo(1);
        store.closeSession(FIRST);
        assertThat(store.session(FIRST)).isEmpty();
    }

    @Test
    void whenAKeyWasLastUsedNeverGoesBack() {
        make("0123456789abcdef");
        store.used(Map.of("0123456789abcdef", soon, "ffffffffffffffff", soon));

        store.used(Map.of("0123456789abcdef", soon.minusSeconds(5)));

        assertThat(store.get("0123456789abcdef").orElseThrow().lastUsedAt()).isEqualTo(soon);
    }

    @Test
    void aJobIsOfItsProjectOnlyWhereverItsRowIs() {
        NewJob job = aJob().ofProject("p").submitted();
        NewJob without = aJob().submitted();
        new JobStore(database).submit(List.of(job, without));

        assertThat(store.owns("p", Kind.JOB, job.id())).isTrue();
        assertThat(store.owns("q", Kind.JOB, job.id())).isFalse();
        assertThat(store.owns("p", Kind.JOB, without.id())).isFalse();
        for (Kind kind : Kind.values()) {
            assertThat(store.owns("p", kind, UUID.randomUUID())).isFalse();
        }
    }

    private static AuditEntry change(String caller, String target, Instant at) {
        return new AuditEntry(
                at, caller, Role.OPERATOR, null, "POST", "/api/v1/queues/{name}/pause", target, 200, "127.0.0.1", null);
    }

    @Test
    void whatWasChangedIsReadFromTheNewestOn() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        audit.write(List.of(change("key:a", "one", now), change("key:b", "two", now)));

        var all = audit.list(null, null, null, null, 10);

        assertThat(all).extracting(each -> each.entry().target()).containsExactly("two", "one");
        assertThat(all.getLast().entry()).isEqualTo(change("key:a", "one", now));
        assertThat(audit.list("key:a", null, null, null, 10)).hasSize(1);
        assertThat(audit.list(null, "/api/v1/queues/{name}/pause", "two", null, 10))
                .hasSize(1);
        assertThat(audit.list(null, null, null, all.getFirst().id(), 10)).hasSize(1);
    }

    @Test
    void onlyWhatIsOldIsForgotten() {
        audit.write(List.of(change("key:a", "one", Instant.now())));
        assertThat(audit.forget(Duration.ofDays(1), 10)).isZero();
        database.run("UPDATE audit SET id = '01890a5d-ac96-774b-bcce-b302099a8057'", Tuple.tuple());

        assertThat(audit.forget(Duration.ofDays(1), 10)).isEqualTo(1);
    }
}
