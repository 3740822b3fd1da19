#!/bin/sh
# Writes the options that java needs for TornadoVM: argfile.sh SDK FILE. Used as: java @FILE -cp ... CLASS
set -eu
sdk=$1
need=25

fail() {
    echo "beits: $1" >&2
    exit 2
}

for file in etc/tornado.backend etc/exportLists/common-exports share/java/tornado share/java/graalJars lib; do
    [ -e "$sdk/$file" ] || fail "$sdk is no whole TornadoVM SDK ($file is missing); install one again (sdk install tornadovm)"
done
# etc/tornado.release: version=5.2.0-jdk25
made_for=$(sed -n 's/^version=.*-jdk\([0-9]*\).*/\1/p' "$sdk/etc/tornado.release" 2>/dev/null) || made_for=
[ "${made_for:-$need}" = "$need" ] \
    || fail "$sdk is a TornadoVM SDK for JDK $made_for; install the one for JDK $need (sdk list tornadovm shows -jdk$need versions)"
memory=$(awk '/MemAvailable/ { printf "%d", $2 / 1048576 * 0.6 }' /proc/meminfo 2>/dev/null) || memory=
[ "${memory:-0}" -ge 1 ] || memory=4
modules=tornado.runtime,tornado.annotation,tornado.drivers.common
native=ALL-UNNAMED
# etc/tornado.backend names the backends of this SDK: tornado.backends=opencl-backend,ptx-backend
backends=$(sed -n 's/^tornado.backends=//p' "$sdk/etc/tornado.backend" | tr ',' ' ' | sed 's/-backend//g')
[ -n "$backends" ] || fail "$sdk/etc/tornado.backend names no backend; install the SDK again (sdk install tornadovm)"
for backend in $backends; do
    [ -f "$sdk/etc/exportLists/$backend-exports" ] \
        || fail "$sdk names the backend $backend and has no etc/exportLists/$backend-exports; install it again (sdk install tornadovm)"
    modules=$modules,tornado.drivers.$backend
    native=$native,tornado.drivers.$backend
done
{
    cat <<EOF
-XX:+UnlockExperimentalVMOptions
-XX:+EnableJVMCI
--module-path "$sdk/share/java/tornado"
--upgrade-module-path "$sdk/share/java/graalJars"
"-Djava.library.path=$sdk/lib"
--add-modules ALL-SYSTEM,jdk.incubator.vector,$modules
--enable-native-access=$native
-Dtornado.load.api.implementation=uk.ac.manchester.tornado.runtime.tasks.TornadoTaskGraph
-Dtornado.load.runtime.implementation=uk.ac.manchester.tornado.runtime.TornadoCoreRuntime
-Dtornado.load.tornado.implementation=uk.ac.manchester.tornado.runtime.common.Tornado
-Dtornado.load.annotation.implementation=uk.ac.manchester.tornado.annotation.ASMClassVisitor
-Dtornado.load.annotation.parallel=uk.ac.manchester.tornado.api.annotations.Parallel
-Dtornado.device.memory=${memory}GB
-XX:MaxDirectMemorySize=${memory}g
EOF
    cat "$sdk/etc/exportLists/common-exports"
    for backend in $backends; do
        cat "$sdk/etc/exportLists/$backend-exports"
    done
} >"$2"
