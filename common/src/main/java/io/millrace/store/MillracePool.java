package io.millrace.store;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes the pool with what {@code quarkus.datasource} cannot say: time-outs, and how PostgreSQL shall plan. */
@Singleton
class MillracePool implements PgPoolCreator {

    private final DatabaseConfig config;
    private final DatabaseTlsConfig tls;

    MillracePool(DatabaseConfig config, DatabaseTlsConfig tls) {
        this.config = config;
        this.tls = tls;
    }

    @Override
    public Pool create(Input input) {
        var connect = input.pgConnectOptionsList();
        int millis = Math.toIntExact(config.connectionTimeout().toMillis());
        for (var options : connect) {
            options.setConnectTimeout(millis);
            DatabaseTls.apply(tls, options);
            // A batch of 1 and a batch of 500 want the same plan, by primary key; replanning each costs more than it
            // finds.
            options.addProperty("plan_cache_mode", "force_generic_plan");
            // Machine code for a plan pays where a query reads millions of rows; a statement here reads those it names.
            options.addProperty("jit", "off");
            options.addProperty("search_path", Schema.NAME);
            options.addProperty("application_name", "millrace");
            options.addProperty(
                    "statement_timeout",
                    Long.toString(config.statementTimeout().plusSeconds(1).toMillis()));
        }
        var pool = input.poolOptions().setConnectionTimeout(millis).setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
        return PgBuilder.pool()
                .connectingTo(List.<SqlConnectOptions>copyOf(connect))
                .with(pool)
                .using(input.vertx())
                .build();
    }
}
