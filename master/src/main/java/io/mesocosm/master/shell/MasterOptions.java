package io.mesocosm.master;

import io.mesocosm.runtime.Flags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How one master is to run; {@link MasterFlags} says what each part means.
 *
 * @param port 0 for any free port
 * @param flagTexts every flag by name, as {@code /flags} shows them
 */
public record MasterOptions(
    String ip,
    int port,
    Optional<String> hostname,
    Optional<Path> workDir,
    Optional<String> cluster,
    Duration agentPingTimeout,
    int agentPingTimeoutsMax,
    Duration agentReregisterTimeout,
    Duration allocationInterval,
    Optional<Duration> offerTimeout,
    int completedFrameworksMax,
    int completedTasksPerFrameworkMax,
    int bodyBytesMax,
    int commandsWaitingMax,
    SortedMap<String, String> flagTexts) {
  public MasterOptions {
    flagTexts = Collections.unmodifiableSortedMap(new TreeMap<>(flagTexts));
  }

  public static MasterOptions from(Flags flags) {
    return new MasterOptions(
        flags.get(MasterFlags.IP),
        flags.get(MasterFlags.PORT),
        flags.find(MasterFlags.HOSTNAME),
        flags.find(MasterFlags.WORK_DIR).map(Path::of),
        flags.find(MasterFlags.CLUSTER),
        flags.get(MasterFlags.AGENT_PING_TIMEOUT),
        flags.get(MasterFlags.MAX_AGENT_PING_TIMEOUTS),
        flags.get(MasterFlags.AGENT_REREGISTER_TIMEOUT),
        flags.get(MasterFlags.ALLOCATION_INTERVAL),
        flags.find(MasterFlags.OFFER_TIMEOUT),
        flags.get(MasterFlags.MAX_COMPLETED_FRAMEWORKS),
        flags.get(MasterFlags.MAX_COMPLETED_TASKS_PER_FRAMEWORK),
        flags.get(MasterFlags.BODY_BYTES_MAX),
        flags.get(MasterFlags.COMMANDS_WAITING_MAX),
        flags.texts());
  }

  /**
   * Options from arguments alone, e.g. {@code --port=0}.
   *
   * @throws Flags.InvalidFlagsException naming every bad flag
   */
  public static MasterOptions parse(List<String> arguments) {
    return from(Flags.parse(MasterFlags.ALL, arguments, Map.of(), List.of()));
  }
}
