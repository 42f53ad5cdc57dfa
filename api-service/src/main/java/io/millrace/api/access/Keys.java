package io.millrace.api.access;

import io.millrace.access.ApiKey;
import io.millrace.access.Caller;
import io.millrace.access.KeyText;
import io.millrace.access.Role;
import io.millrace.access.Secret;
import io.millrace.store.AccessStore;
import io.millrace.store.AccessStore.Session;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** API keys, the bootstrap key, and the sessions opened with either: looked up, remembered for a moment, compared. */
@Singleton
class Keys {

    /** Keys looked up lately, those that do not exist among them. */
    private static final int REMEMBERED = 10_000;

    private static final String BOOTSTRAP = "bootstrap";

    private final AccessStore store;
    private final Optional<Secret> bootstrap;
    private final LastUsed lastUsed;
    private final AccessConfig config;
    private final Clock clock;
    private final Recent<String, Optional<ApiKey>> keys;
    private final Recent<String, Optional<Session>> sessions;

    Keys(AccessStore store, Mode mode, LastUsed lastUsed, AccessConfig config, Clock clock) {
        this.store = store;
        this.bootstrap = mode.bootstrap();
        this.lastUsed = lastUsed;
        this.config = config;
        this.clock = clock;
        this.keys = new Recent<>(config.remembered(), REMEMBERED);
        this.sessions = new Recent<>(config.remembered(), REMEMBERED);
    }

    /** Whether a key can be judged without a look at the database. */
    boolean remembers(KeyText key) {
        return keys.get(key.id()).isPresent();
    }

    /** Whose key it is. Empty if there is no such key, or it is revoked or expired, or the secret is another. */
    Optional<Caller> caller(KeyText key) {
        Instant now = clock.instant();
        return key(key.id())
                .filter(known -> known.accepts(Secret.of(key.secret()), now))
                .map(known -> used(known, now));
    }

    /** The admin that the bootstrap key stands for. */
    Optional<Caller> bootstrap(String token) {
        return bootstrap
                .filter(known -> known.matches(Secret.of(token)))
                .map(_ -> new Caller(BOOTSTRAP, Role.ADMIN, null));
    }

    /** Who has opened a session. Empty if it is over, or its key is no longer good. */
    Optional<Caller> session(String token) {
        Instant now = clock.instant();
        Secret hidden = Secret.of(token);
        Optional<Session> session = sessions.get(hidden.hash(), () -> store.session(hidden))
                .filter(found -> now.isBefore(found.expiresAt()));
        return session.flatMap(found -> found.keyId().startsWith(BOOTSTRAP)
                ? bootstrap
                        .filter(known -> bootstrapId(known).equals(found.keyId()))
                        .map(_ -> new Caller(BOOTSTRAP, Role.ADMIN, null))
                : key(found.keyId()).filter(key -> key.usable(now)).map(key -> used(key, now)));
    }

    /** Whether a session can be judged without a look at the database. */
    boolean remembersSession(String token) {
        return sessions.get(Secret.of(token).hash())
                .map(session -> session.map(found -> found.keyId().startsWith(BOOTSTRAP)
                                || keys.get(found.keyId()).isPresent())
                        .orElse(true))
                .orElse(false);
    }

    /** Opens a session with a key. Empty if it is not good. */
    Optional<Caller> logIn(String key, String sessionToken) {
        Optional<String> bootstrapId =
                bootstrap.filter(known -> known.matches(Secret.of(key))).map(Keys::bootstrapId);
        Optional<KeyText> text = KeyText.parse(key);
        Optional<Caller> caller = bootstrap(key).or(() -> text.flatMap(this::caller));
        caller.ifPresent(_ -> store.openSession(
                Secret.of(sessionToken),
                new Session(
                        bootstrapId.orElseGet(() -> text.orElseThrow().id()),
                        clock.instant().plus(config.session()))));
        return caller;
    }

    /** Ends a session. */
    void logOut(String token) {
        Secret hidden = Secret.of(token);
        store.closeSession(hidden);
        sessions.forget(hidden.hash());
    }

    /** Has a key looked up anew: it was changed. */
    void changed(String id) {
        keys.forget(id);
    }

    private Optional<ApiKey> key(String id) {
        return keys.get(id, () -> store.get(id));
    }

    private Caller used(ApiKey key, Instant now) {
        lastUsed.note(key.id(), now);
        return key.caller();
    }

    /** Tells bootstrap keys apart, so that a session ends with the one it was opened with. */
    private static String bootstrapId(Secret key) {
        return BOOTSTRAP + "-" + key.hash().substring(0, 16);
    }
}
