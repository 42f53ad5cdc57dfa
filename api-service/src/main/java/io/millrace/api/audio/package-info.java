/**
 * Audio separation over HTTP. A sound is stored, looked at, and committed with the job that separates it; stems are read
 * from the storage as they are asked for.
 */
@NullMarked
package io.millrace.api.audio;

import org.jspecify.annotations.NullMarked;
