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
import java.util.function.Function;

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

    /**
     * Whose a credential is.
     *
     * @param caller empty if it is nobody's: unknown, revoked or expired
     */
    record Verdict(Optional<Caller> caller) {
        private static final Verdict NOBODYS = new Verdict(Optional.empty());
    }

    Keys(AccessStore store, Mode mode, LastUsed lastUsed, AccessConfig config, Clock clock) {
        this.store = store;
        this.bootstrap = mode.bootstrap();
        this.lastUsed = lastUsed;
        this.config = config;
        this.clock = clock;
        this.keys = new Recent<>(config.remembered(), REMEMBERED);
        this.sessions = new Recent<>(config.remembered(), REMEMBERED);
    }

    /** Whose key it is. Empty if there is no such key, or it is revoked or expired, or the secret is another. */
    Optional<Caller> caller(KeyText key) {
        return judged(key(key.id()), key).caller();
    }

    /** The same from memory, without a look at the database. Empty if it takes one. */
    Optional<Verdict> recalled(KeyText key) {
        return keys.get(key.id()).map(known -> judged(known, key));
    }

    private Verdict judged(Optional<ApiKey> found, KeyText key) {
        Instant now = clock.instant();
        return new Verdict(found.filter(known -> known.accepts(Secret.of(key.secret()), now))
                .map(known -> used(known, now)));
    }

    /** The admin that the bootstrap key stands for. */
    Optional<Caller> bootstrap(String token) {
        return bootstrap
                .filter(known -> known.matches(Secret.of(token)))
                .map(_ -> new Caller(BOOTSTRAP, Role.ADMIN, null));
    }

    /** Who has opened a session. Empty if it is over, or its key is no longer good. */
    Optional<Caller> session(String token) {
        Secret hidden = Secret.of(token);
        Optional<Session> found = sessions.get(hidden.hash(), () -> store.session(hidden));
        return judged(found, id -> Optional.of(key(id))).flatMap(Verdict::caller);
    }

    /** The same from memory, without a look at the database. Empty if it takes one. */
    Optional<Verdict> recalledSession(String token) {
        return sessions.get(Secret.of(token).hash()).flatMap(found -> judged(found, keys::get));
    }

    /** @param keyOf the key of a session; empty if it cannot be told, and then the answer is empty as well */
    private Optional<Verdict> judged(Optional<Session> found, Function<String, Optional<Optional<ApiKey>>> keyOf) {
        Instant now = clock.instant();
        Optional<Session> open = found.filter(session -> now.isBefore(session.expiresAt()));
        if (open.isEmpty()) {
            return Optional.of(Verdict.NOBODYS);
        }
        String id = open.get().keyId();
        if (id.startsWith(BOOTSTRAP)) {
            return Optional.of(new Verdict(bootstrap
                    .filter(known -> bootstrapId(known).equals(id))
                    .map(_ -> new Caller(BOOTSTRAP, Role.ADMIN, null))));
        }
        return keyOf.apply(id)
                .map(key -> new Verdict(key.filter(known -> known.usable(now)).map(known -> used(known, now))));
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
