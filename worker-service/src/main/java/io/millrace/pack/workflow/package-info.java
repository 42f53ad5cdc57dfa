/**
 * Remote workflows (the first of the five systems): the tasks that submit, poll and cancel jobs of an HTTP API, and the
 * client they do it with. {@link io.millrace.pack.workflow.WorkflowTasks} has the steps; what an answer means is decided
 * in {@link io.millrace.workflow}, what follows is written by {@link io.millrace.store.WorkflowStore}.
 */
@NullMarked
package io.millrace.pack.workflow;

import org.jspecify.annotations.NullMarked;
