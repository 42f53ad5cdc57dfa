package io.millrace.pack.audio;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How sounds are separated. */
@ConfigMapping(prefix = "millrace.audio")
interface AudioConfig {

    /**
     * The command that separates, its words separated by commas, in place of the pipeline that comes with Millrace:
     * {@code {input}} stands for the sound, {@code {output}} for a folder in which it leaves WAV files, named as the stems.
     * Such as {@code python3,-m,demucs,-o,{output},{input}} or {@code spleeter,separate,-p,spleeter:4stems,-o,{output},{input}}.
     */
    Optional<List<String>> command();

    /** The longest sound that is separated. */
    @WithDefault("2h")
    Duration maxDuration();

    /**
     * By how much a tone or a stroke must exceed the other to be told from it, from 1 on. Above 1 what is neither becomes
     * a stem of its own, {@code residual}.
     */
    @WithDefault("1")
    double margin();

    /** Where sounds and stems are while they are worked on: a few gigabytes for each run of a long sound. */
    @WithDefault("${java.io.tmpdir}/millrace-audio")
    Path workFolder();
}
