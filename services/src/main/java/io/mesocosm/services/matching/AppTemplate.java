package io.mesocosm.services.matching;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Container;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Environment.Variable;
import org.apache.mesos.v1.Protos.Labels;

/**
 * What the tasks of one app have in common, made once for all of them: with thousands to launch it
 * is most of what there is to make.
 *
 * @param enforcesGroupRole whether the app's outermost group insists on its role
 * @param variables of the environment by name, without those that differ from task to task
 * @param secrets of the environment, in the app's order
 */
record AppTemplate(
    AppDefinition app,
    boolean enforcesGroupRole,
    SortedMap<String, Variable> variables,
    List<Variable> secrets,
    Labels labels) {

  static AppTemplate of(AppDefinition app, boolean enforcesGroupRole) {
    SortedMap<String, String> texts = new TreeMap<>();
    addContext(texts, app);
    texts.put("MARATHON_APP_ENFORCE_GROUP_ROLE", enforcesGroupRole ? "TRUE" : "FALSE");
    TaskEnvironment.addLabels(texts, app);
    // what the app says itself wins, and what it keeps secret is not said here
    texts.putAll(app.env());
    texts.keySet().removeAll(app.secretEnv().keySet());
    SortedMap<String, Variable> variables = new TreeMap<>();
    texts.forEach((name, value) -> variables.put(name, TaskEnvironment.variable(name, value)));
    List<Variable> secrets = new ArrayList<>();
    app.secretEnv()
        .forEach((name, secret) ->
            secrets.add(
                Variable.newBuilder()
                    .setName(name)
                    .setType(Variable.Type.SECRET)
                    .setSecret(TaskSecrets.reference(app.secrets(), secret))
                    .build()));
    return new AppTemplate(
        app,
        enforcesGroupRole,
        Collections.unmodifiableSortedMap(variables),
        List.copyOf(secrets),
        TaskBuilder.labels(app.labels()));
  }

  private static void addContext(SortedMap<String, String> variables, AppDefinition app) {
    variables.put("MARATHON_APP_ID", app.id().path());
    variables.put("MARATHON_APP_VERSION", TaskEnvironment.text(app.version()));
    app.container()
        .flatMap(Container::docker)
        .ifPresent(docker -> variables.put("MARATHON_APP_DOCKER_IMAGE", docker.image()));
    variables.put("MARATHON_APP_RESOURCE_CPUS", Double.toString(app.cpus()));
    variables.put("MARATHON_APP_RESOURCE_MEM", Double.toString(app.mem()));
    variables.put("MARATHON_APP_RESOURCE_DISK", Double.toString(app.disk()));
    variables.put("MARATHON_APP_RESOURCE_GPUS", Integer.toString(app.gpus()));
  }

  /** Whether the app itself says nothing of the variable, so that it is ours to set. */
  boolean leavesOpen(String name) {
    return !app.env().containsKey(name) && !app.secretEnv().containsKey(name);
  }
}
