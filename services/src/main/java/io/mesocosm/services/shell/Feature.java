package io.mesocosm.services.shell;

import java.util.Optional;

/** What {@code --enable_features} may name. */
enum Feature {
  VIPS("labels of apps and ports are passed on in any case"),
  TASK_KILLING("tasks say that they are being killed in any case"),
  EXTERNAL_VOLUMES("apps may have external volumes in any case"),
  SECRETS("apps may have secrets in any case"),
  GPU_RESOURCES(""),
  MAINTENANCE_MODE("--maintenance_mode says whether maintenance counts");

  private final String reason;

  Feature(String reason) {
    this.reason = reason;
  }

  /** Why it makes no difference to ask for it; empty if it does. */
  Optional<String> withoutEffect() {
    return Optional.of(reason).filter(text -> !text.isEmpty());
  }
}
