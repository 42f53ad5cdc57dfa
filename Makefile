# `make` alone lists what you can do.
.DEFAULT_GOAL := help
.PHONY: help run up down demo status test unit build native format docs bench smoke sbom clean

# Which build of the services make smoke is to prove: jvm or native.
KIND ?= jvm

bin := deploy/local/bin
jdk  = JAVA_HOME=$$($(bin)/find-jdk) && export JAVA_HOME
mvn  = $(jdk) && { command -v mvn >/dev/null || { echo "Millrace needs Maven 3.8 or later, and mvn is not on the PATH: install it." >&2; exit 1; }; } && mvn -B -ntp
# exec: Ctrl-C at the terminal and a signal to make reach the launcher itself.
java = exec "$$JAVA_HOME/bin/java" -Xmx256m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
built    = @$(jdk) && $(bin)/build && $(java) -jar deploy/local/target/local.jar
launcher = @$(jdk) && $(bin)/build launcher && $(java) -jar deploy/local/target/local.jar

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build, start everything here, show the demo, serve until Ctrl-C
	$(built) run

up: ## start whatever does not run, in the background, and wait until it is ready
	$(built) up

down: ## stop what up or run has started
	$(launcher) down

demo: ## submit a few jobs to the running stack and watch them finish
	$(launcher) demo

status: ## say what runs
	$(launcher) status

test: ## run all tests, those of the whole stack last
	@$(mvn) -T 2 verify

unit: ## run the tests that need neither PostgreSQL nor Kafka
	@$(mvn) test -DexcludedGroups=real

build: ## package the launcher and the services, if anything has changed
	@$(jdk) && $(bin)/build

native: ## compile the services to native executables (GraalVM or Mandrel 25 in GRAALVM_HOME, else a container)
	@$(jdk) && exec $(bin)/native $(NATIVE)

format: ## put the code into its format
	@$(mvn) -q spotless:apply

docs: ## write what is generated: the OpenAPI document, the reference of the configuration, the chart's table of values and its copies
	@$(jdk) && "$$JAVA_HOME/bin/java" docs/check/src/main/java/io/millrace/docs/ConfigReference.java \
	  && exec "$$JAVA_HOME/bin/java" deploy/helm/src/main/java/io/millrace/helm/ChartFiles.java
	@$(mvn) -q -pl api-service -am test -Dspotless.check.skip=true -Ddocs.write=true \
		-Dtest=OpenApiTest -Dsurefire.failIfNoSpecifiedTests=false

bench: ## measure against the workloads of the peers (bench/README.md)
	@$(jdk) && $(bin)/build && exec bench/run.sh

smoke: ## the shortest proof that all of it works, and how fast it starts; KIND=native for what make native has built
	@$(jdk) && $(bin)/build $(if $(filter native,$(KIND)),launcher) && exec $(bin)/smoke $(KIND)

sbom: ## write what the services are made of: target/bom.json of each, in CycloneDX
	@$(mvn) -q -pl api-service,worker-service,scheduler-service -am -DskipTests -Dspotless.check.skip=true package \
		org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeBom -DincludeTestScope=false

clean: ## delete what was built; the stack's data in .millrace stays
	@$(mvn) -q clean && rm -rf target
