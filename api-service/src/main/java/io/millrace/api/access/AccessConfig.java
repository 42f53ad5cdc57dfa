package io.millrace.api.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may call the API, and how they show who they are ({@code docs/security.md}). */
@ConfigMapping(prefix = "millrace.access")
interface AccessConfig {

    /**
     * Whether every request needs a credential. Where nothing is said: yes as soon as there is a bootstrap key or an
     * issuer, or the service listens beyond loopback. Say yes behind a proxy on the same machine. No is refused beyond
     * loopback.
     */
    Optional<Boolean> required();

    /**
     * A secret of at least 32 characters that is an admin's credential: for making the first API keys. Better given as a
     * file.
     */
    Optional<String> bootstrapKey();

    /** A file with the bootstrap key, such as a mounted secret; read at start. */
    Optional<Path> bootstrapKeyFile();

    /** How long a key, once looked up, is good without another look: a key revoked elsewhere works for so long at most. */
    @WithDefault("5s")
    Duration remembered();

    /** How long a browser stays logged in. */
    @WithDefault("12h")
    Duration session();

    /** Whether the cookie of a session is for HTTPS only. Browsers make an exception for localhost. */
    @WithDefault("true")
    boolean secureCookie();

    /** Whether {@code /q/metrics} is open to all, as on workers and schedulers: it has names of queues and counts. */
    @WithDefault("true")
    boolean openMetrics();

    /** How many requests a caller may make, such as {@code 200/s}; per replica. No limit if nothing is said. */
    Optional<String> rate();

    /** The same for an address, before it is asked who calls; addresses behind a proxy need {@code quarkus.http.proxy}. */
    Optional<String> addressRate();

    /** Whether submissions are written into the audit log too: one entry a request. */
    @WithDefault("true")
    boolean auditSubmissions();

    /** How many entries of the audit log may wait for PostgreSQL; what comes beyond is dropped and counted. */
    @WithDefault("10000")
    int auditBacklog();

    /** Tokens of an identity provider. */
    Oidc oidc();

    /** Which tokens are good, and what they say. */
    interface Oidc {

        /** Whose tokens are good, as their {@code iss} has it. Without, none are. */
        Optional<String> issuer();

        /** Which audience they must be for. Required with an issuer: a token for another service is none for this one. */
        Optional<String> audience();

        /** Where the issuer's keys are. Required with an issuer. */
        Optional<URI> jwksUrl();

        /** Which signatures are good; never those with a shared secret, and never none. */
        @WithDefault("RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512")
        List<String> algorithms();

        /** How far the issuer's clock may be from ours. */
        @WithDefault("30s")
        Duration clockSkew();

        /** How long keys are good without another look; an unknown key is looked for at once, but not more often than each ten seconds. */
        @WithDefault("10m")
        Duration keysRemembered();

        /** How long to wait for the issuer's keys. */
        @WithDefault("3s")
        Duration timeout();

        /** The claim with the caller's roles, text or an array; dots lead into objects. */
        @WithDefault("roles")
        String rolesClaim();

        /** The claim with the caller's only project; dots lead into objects. */
        @WithDefault("project_id")
        String projectClaim();

        /** Whether a token must have a project. */
        @WithDefault("false")
        boolean projectRequired();

        /** What the provider's roles are here, such as {@code sre=operator}. Roles that are called as ours need none. */
        Map<String, String> roles();
    }
}
