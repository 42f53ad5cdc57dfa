package io.millrace.job;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.UUID;

/** Makes job ids: UUID version 7 (RFC 9562), so that the order of ids is the order of submission. */
public final class JobIds {

    private final TimeBasedEpochGenerator generator = Generators.timeBasedEpochGenerator();

    /** A new id, greater than every earlier one of this process within the clock's precision. */
    public UUID next() {
        return generator.generate();
    }
}
