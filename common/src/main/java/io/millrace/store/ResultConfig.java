package io.millrace.store;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Results of jobs. */
@ConfigMapping(prefix = "millrace.result")
public interface ResultConfig {

    /** A result of more bytes than this is stored compressed (gzip); every way of reading it shows it as it was. */
    @WithDefault("8K")
    MemorySize compressAbove();

    /** The most bytes a result may have; with more, its job fails with {@code ResultTooLarge}. */
    @WithDefault("1M")
    MemorySize maxSize();
}
