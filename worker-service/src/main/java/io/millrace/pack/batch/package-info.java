/**
 * The batch tasks of remote workflows (the first of the five systems). A batch follows its jobs by itself; these tasks
 * tell how it stands, and find what was changed behind the database's back.
 */
@NullMarked
package io.millrace.pack.batch;

import org.jspecify.annotations.NullMarked;
