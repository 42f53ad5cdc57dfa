/**
 * Audio separation: an uploaded sound is taken apart into stems ({@link io.millrace.pack.audio.AudioTasks}), by the pipeline
 * that comes with Millrace ({@link io.millrace.pack.audio.BuiltInSeparator}) or by a command that the configuration names
 * ({@link io.millrace.pack.audio.CommandSeparator}), such as Demucs or Spleeter.
 */
@NullMarked
package io.millrace.pack.audio;

import org.jspecify.annotations.NullMarked;
