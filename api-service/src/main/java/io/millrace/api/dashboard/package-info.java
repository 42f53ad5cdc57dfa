/**
 * The dashboard: its pages, and what they ask that no other route answers. The pages themselves are modules and styles
 * under {@code META-INF/resources/dashboard}; they talk to the API as any client does, so roles and the audit log hold for
 * them by themselves. Everything here only reads.
 */
@NullMarked
package io.millrace.api.dashboard;

import org.jspecify.annotations.NullMarked;
