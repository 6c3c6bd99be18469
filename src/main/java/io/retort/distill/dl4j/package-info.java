/** Training by DL4J's own master on Spark, apart from all else: no other package but the engine may import DL4J. */
package io.retort.distill.dl4j;
