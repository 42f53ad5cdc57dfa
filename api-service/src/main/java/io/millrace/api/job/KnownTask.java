package io.millrace.api.job;

import io.millrace.api.args.ArgsSchema;
import io.millrace.task.TaskDefinition;

/** A kind of work that some worker has registered, ready to check submissions against. */
record KnownTask(TaskDefinition definition, ArgsSchema schema) {

    static KnownTask of(TaskDefinition definition) {
        return new KnownTask(definition, ArgsSchema.of(definition.name(), definition.argsSchema()));
    }
}
