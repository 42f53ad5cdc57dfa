/** What all services know of configuration as a whole. Each setting itself stands in an interface beside its user. */
@NullMarked
package io.millrace.config;

import org.jspecify.annotations.NullMarked;
