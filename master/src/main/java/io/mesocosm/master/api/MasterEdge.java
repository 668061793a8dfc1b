package io.mesocosm.master.api;

import io.mesocosm.http.operator.LoggingLevel;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.runtime.Metrics;
import java.time.InstantSource;

/**
 * What the API of a master keeps from start to end, whoever leads.
 *
 * @param security who may ask
 * @param metrics of the whole process
 * @param logging how much the process logs
 */
public record MasterEdge(
    SecurityOptions security, Metrics metrics, LoggingLevel logging, InstantSource clock) {}
