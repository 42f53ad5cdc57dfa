package io.millrace.store;

import io.millrace.pipeline.Alarm;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Where alarms of pipelines go: for now, into the log. */
@Singleton
public class PipelineAlarms {

    private static final Logger LOG = Logger.getLogger(PipelineAlarms.class);

    /** Tells of something, after it has been committed. Never throws. */
    public void tell(Alarm alarm) {
        String facts = alarm.facts().entrySet().stream()
                .map(fact -> fact.getKey() + "=" + fact.getValue())
                .collect(Collectors.joining(", "));
        LOG.warnf("%s %s: %s (%s)", alarm.severity(), alarm.title(), alarm.message(), facts);
    }
}
