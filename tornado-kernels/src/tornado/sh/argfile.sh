#!/bin/sh
# Writes the options that java needs for TornadoVM: argfile.sh SDK FILE. Used as: java @FILE -cp ... CLASS
set -eu
sdk=$1
memory=$(awk '/MemAvailable/ { printf "%d", $2 / 1048576 * 0.6 }' /proc/meminfo 2>/dev/null) || memory=
[ "${memory:-0}" -ge 1 ] || memory=4
modules=tornado.runtime,tornado.annotation,tornado.drivers.common
native=ALL-UNNAMED
# etc/tornado.backend names the backends of this SDK: tornado.backends=opencl-backend,ptx-backend
backends=$(sed -n 's/^tornado.backends=//p' "$sdk/etc/tornado.backend" | tr ',' ' ' | sed 's/-backend//g')
for backend in $backends; do
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
-Dtornado.tvm.maxbytecodesize=1048576
-Dtornado.recover.bailout=False
"-Dtornado.opencl.compiler.flags=-cl-mad-enable -w"
-Dtornado.device.memory=${memory}GB
-XX:MaxDirectMemorySize=${memory}g
EOF
    cat "$sdk/etc/exportLists/common-exports"
    for backend in $backends; do
        cat "$sdk/etc/exportLists/$backend-exports"
    done
} >"$2"
