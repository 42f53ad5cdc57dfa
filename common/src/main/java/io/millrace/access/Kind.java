package io.millrace.access;

/** What belongs to a project and has an id in an address. */
public enum Kind {
    JOB,
    BATCH,
    CALLBACK,
    WORKFLOW_BATCH,
    WORKFLOW_JOB,
    LLM_CALL,
    DOCUMENT,
    AUDIO_JOB
}
