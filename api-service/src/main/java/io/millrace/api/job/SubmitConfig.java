package io.millrace.api.job;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How submissions reach PostgreSQL. */
@ConfigMapping(prefix = "millrace.submit")
interface SubmitConfig {

    /** Inserts that single submissions may have in flight. While one is, later submissions gather for the next. */
    @WithDefault("2")
    int inFlight();

    /** Single submissions that may wait for an insert; one more is refused as {@code overloaded}. */
    @WithDefault("20000")
    int backlog();

    /** The most jobs in one insert. */
    @WithDefault("1000")
    int batch();

    /** The most jobs in one bulk request. */
    @WithDefault("10000")
    int maxBulk();

    /** Inserts that one bulk request may have in flight. */
    @WithDefault("2")
    int bulkInFlight();
}
