package io.millrace.api.access;

import io.millrace.access.Caller;
import io.millrace.access.KeyText;
import io.millrace.access.Need;
import io.millrace.access.Need.Reach;
import io.millrace.access.Origin;
import io.millrace.access.Role;
import io.millrace.access.Routes;
import io.millrace.api.body.Ids;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.millrace.dispatch.Foundation;
import io.millrace.store.AccessStore;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * What every request comes through, whatever answers it: routes, streams, pages, health and metrics. Who is calling, what
 * is needed, does the one cover the other; then the route is reached, or nothing of it.
 */
@Singleton
class Door {

    /** Before all else that looks at requests: how large a body is concerns only who may send it. */
    private static final int FIRST = 2_000;

    /** Callers that are being looked up; more at once are asked to come again. */
    private static final int MOST_LOOKED_UP = 256;

    /** Who comes where nothing is asked of anybody. */
    private static final Caller NOBODY = new Caller("nobody", Role.VIEWER, null);

    private static final String FETCH_SITE = "Sec-Fetch-Site";

    private final Foundation foundation;
    private final Mode mode;
    private final Keys keys;
    private final Tokens tokens;
    private final AccessStore store;
    private final AuditTrail audit;
    private final Refusals refusals;
    private final boolean openMetrics;
    private final Throttle callers;
    private final Throttle addresses;
    private final Semaphore lookups = new Semaphore(MOST_LOOKED_UP);

    Door(
            Foundation foundation,
            Mode mode,
            Keys keys,
            Tokens tokens,
            AccessStore store,
            AuditTrail audit,
            Refusals refusals,
            AccessConfig config) {
        this.foundation = foundation;
        this.mode = mode;
        this.keys = keys;
        this.tokens = tokens;
        this.store = store;
        this.audit = audit;
        this.refusals = refusals;
        this.openMetrics = config.openMetrics();
        this.callers = new Throttle("millrace.access.rate", config.rate());
        this.addresses = new Throttle("millrace.access.address-rate", config.addressRate());
    }

    void beforeRoutes(@Observes Filters filters) {
        filters.register(this::knock, FIRST);
    }

    /** A request at the door. */
    private record Visit(RoutingContext context, HttpServerRequest request, Need need, Credential credential) {

        static Visit of(RoutingContext context) {
            HttpServerRequest request = context.request();
            Cookie session = request.getCookie(LoginResource.COOKIE);
            return new Visit(
                    context,
                    request,
                    Routes.need(request.method().name(), Refusals.path(request), context.normalizedPath()),
                    Credential.of(
                            request.getHeader(HttpHeaders.AUTHORIZATION), session == null ? null : session.getValue()));
        }

        boolean changes() {
            return Routes.changes(request.method().name());
        }

        boolean foreign() {
            return Origin.isForeign(request.getHeader(FETCH_SITE), request.getHeader(HttpHeaders.ORIGIN), host());
        }

        boolean ours() {
            return Origin.isOurs(request.getHeader(FETCH_SITE), request.getHeader(HttpHeaders.ORIGIN), host());
        }

        @Nullable
        String host() {
            return request.authority() == null ? null : request.authority().toString();
        }
    }

    private void knock(RoutingContext context) {
        BrowserHeaders.put(context);
        Visit visit = Visit.of(context);
        if (isProbe(visit)) {
            context.next();
        } else if (!foundation.isLaid()) {
            refusals.refuse(
                    context,
                    Problem.of(
                            ProblemCode.STORE_UNAVAILABLE,
                            "This service is starting and has not heard from the database yet; try again shortly."));
        } else {
            judge(visit);
        }
    }

    /** Who asks whether this service lives, or how it does, is asked nothing. */
    private boolean isProbe(Visit visit) {
        String path = Refusals.path(visit.request());
        return path.equals("/q/health")
                || path.startsWith("/q/health/")
                || (openMetrics && path.equals("/q/metrics") && !visit.changes());
    }

    /** An event loop judges by what is remembered. Where that takes a look at the database, somebody else does who may wait. */
    private void judge(Visit visit) {
        Optional<Caller> caller;
        try {
            caller = admittedAtOnce(visit);
        } catch (RuntimeException e) {
            refusals.refuse(visit.context(), Problems.of(e));
            return;
        }
        caller.ifPresentOrElse(known -> enter(visit, known), () -> judgeElsewhere(visit));
    }

    private void judgeElsewhere(Visit visit) {
        if (!lookups.tryAcquire()) {
            refusals.refuse(
                    visit.context(),
                    Problem.of(ProblemCode.OVERLOADED, "Too many callers are being looked up; try again."));
            return;
        }
        var loop = visit.context().vertx().getOrCreateContext();
        Thread.startVirtualThread(() -> {
            try {
                Caller caller = admitted(visit, lookedUp(visit.credential()));
                loop.runOnContext(_ -> enter(visit, caller));
            } catch (RuntimeException e) {
                Problem problem = Problems.of(e);
                loop.runOnContext(_ -> refusals.refuse(visit.context(), problem));
            } finally {
                lookups.release();
            }
        });
    }

    private void enter(Visit visit, Caller caller) {
        Callers.put(visit.context(), caller);
        if (visit.changes() && visit.need().role() != null) {
            audit.follow(visit.context(), caller, visit.need());
        }
        visit.context().next();
    }

    /** Who is calling, if they may, without a look at the database. Empty if it takes one. @throws Problem if they may not */
    private Optional<Caller> admittedAtOnce(Visit visit) {
        if (!mode.required()) {
            return Optional.of(anybody(visit));
        }
        throttle(visit, addresses, Refusals.address(visit.request()));
        if (visit.need().role() == null) {
            refuseForeign(visit.changes() && visit.foreign());
            return Optional.of(NOBODY);
        }
        return recalled(visit.credential())
                .filter(known -> !takesALook(visit.need().reach(), known.caller()))
                .map(known -> admitted(visit, known.caller()));
    }

    /** Whether it says who may do this, and not only who it is. */
    private static boolean takesALook(Reach reach, Optional<Caller> known) {
        return reach instanceof Reach.One && known.map(Caller::project).isPresent();
    }

    /** Somebody who has been identified, if they may. @throws Problem if not */
    private Caller admitted(Visit visit, Optional<Caller> identified) {
        Caller caller = identified.orElseThrow(Door::unknown);
        if (visit.changes() && visit.credential() instanceof Credential.Session) {
            refuseForeign(!visit.ours());
        }
        Role needed = Objects.requireNonNull(visit.need().role());
        if (!caller.role().covers(needed)) {
            throw Problem.of(
                    ProblemCode.FORBIDDEN,
                    "This needs the role " + needed.wireName() + ", and you have "
                            + caller.role().wireName() + ".");
        }
        throttle(visit, callers, caller.name());
        return within(caller, visit.need().reach());
    }

    /** Where no credential is needed, only this machine is listened to; but a browser on it may show anybody's pages. */
    private static Caller anybody(Visit visit) {
        refuseForeign(visit.changes() && visit.foreign());
        String host = visit.host();
        if (Origin.canBeOwned(host)) {
            throw Problem.of(
                    ProblemCode.FOREIGN_ORIGIN,
                    "Without credentials this service is localhost, and not '" + host
                            + "'; millrace.access.required=true lets it answer to any name.");
        }
        return Caller.LOCAL;
    }

    private static void refuseForeign(boolean foreign) {
        if (foreign) {
            throw Problem.of(
                    ProblemCode.FOREIGN_ORIGIN, "Only a page of this service itself may ask a browser for this.");
        }
    }

    private static void throttle(Visit visit, Throttle throttle, String who) {
        Duration wait = throttle.take(who, System.nanoTime());
        if (!wait.isZero()) {
            long seconds = wait.plusSeconds(1).minusNanos(1).toSeconds();
            visit.context().response().putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
            throw Problem.of(ProblemCode.TOO_MANY_REQUESTS, "You ask too often; try again in " + seconds + " s.");
        }
    }

    /** Whose credential it is, as far as memory tells. Empty if it takes a look. */
    private Optional<Keys.Verdict> recalled(Credential credential) {
        return switch (credential) {
            case Credential.None _ ->
                throw Problem.of(
                        ProblemCode.UNAUTHENTICATED, "Send 'Authorization: Bearer …' with an API key or a token.");
            case Credential.Unreadable _ ->
                throw Problem.of(ProblemCode.UNAUTHENTICATED, "The Authorization header has no bearer token.");
            case Credential.Session(var token) -> keys.recalledSession(token);
            case Credential.Bearer(var token) -> KeyText.parse(token).flatMap(keys::recalled);
        };
    }

    /** Whose credential it is, if need be after a look at the database or at the issuer's keys. */
    private Optional<Caller> lookedUp(Credential credential) {
        return switch (credential) {
            case Credential.None _, Credential.Unreadable _ -> Optional.empty();
            case Credential.Session(var token) -> keys.session(token);
            case Credential.Bearer(var token) ->
                KeyText.parse(token)
                        .map(keys::caller)
                        .orElseGet(() -> keys.bootstrap(token).or(() -> tokens.caller(token)));
        };
    }

    /** Why a credential is none is for nobody to know who does not have it. */
    private static Problem unknown() {
        return Problem.of(ProblemCode.UNAUTHENTICATED, "The credential is unknown, revoked or expired.");
    }

    private Caller within(Caller caller, Reach reach) {
        String project = caller.project();
        if (project == null) {
            return caller;
        }
        return switch (reach) {
            case Reach.Shared _, Reach.Within _ -> caller;
            case Reach.Cluster _ ->
                throw Problem.of(
                        ProblemCode.FORBIDDEN,
                        "This is about all projects, and your credentials are good for '" + project + "' only.");
            case Reach.One(var kind, var id) -> {
                if (!Ids.read(id).map(each -> store.owns(project, kind, each)).orElse(false)) {
                    throw Refusals.notFound(kind, id);
                }
                yield caller;
            }
        };
    }
}
