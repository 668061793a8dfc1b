package io.mesocosm.agent;

import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CheckStatusInfo;

/**
 * What the check of one task last told (contracts/mesos-containerization.md H8): nothing, before
 * its first answer and after one that did not come.
 */
final class CheckResults {
  private final CheckStatusInfo nothing;
  private CheckStatusInfo latest;

  CheckResults(CheckInfo check) {
    this.nothing = nothing(check.getType());
    this.latest = nothing;
  }

  /** As every status of the task shows it. */
  CheckStatusInfo latest() {
    return latest;
  }

  /** Takes up what was told before the agent was started anew. */
  void restore(CheckStatusInfo earlier) {
    latest = earlier;
  }

  /**
   * @return whether it is news for the scheduler
   */
  boolean record(ProbeResult result) {
    CheckStatusInfo before = latest;
    latest = worded(result);
    return !latest.equals(before);
  }

  private CheckStatusInfo worded(ProbeResult result) {
    CheckStatusInfo.Builder worded = nothing.toBuilder();
    switch (result) {
      case ProbeResult.Exited(int exitCode) -> worded.getCommandBuilder().setExitCode(exitCode);
      case ProbeResult.Answered(int statusCode) ->
          worded.getHttpBuilder().setStatusCode(statusCode);
      case ProbeResult.Connected() -> worded.getTcpBuilder().setSucceeded(true);
      case ProbeResult.Refused _ -> worded.getTcpBuilder().setSucceeded(false);
      case ProbeResult.Unanswered _ -> {}
    }
    return worded.build();
  }

  private static CheckStatusInfo nothing(CheckInfo.Type type) {
    CheckStatusInfo.Builder status = CheckStatusInfo.newBuilder().setType(type);
    switch (type) {
      case COMMAND -> status.setCommand(CheckStatusInfo.Command.getDefaultInstance());
      case HTTP -> status.setHttp(CheckStatusInfo.Http.getDefaultInstance());
      case TCP -> status.setTcp(CheckStatusInfo.Tcp.getDefaultInstance());
      case UNKNOWN -> {}
    }
    return status.build();
  }
}
