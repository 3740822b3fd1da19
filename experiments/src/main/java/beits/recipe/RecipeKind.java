package beits.recipe;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What recipes are for. */
public enum RecipeKind {
    FINETUNE(FinetuneRecipe.class, "classification", "finetune"),
    PRETRAIN(PretrainRecipe.class, "pre-training", "pretrain"),
    TOKENIZER(TokenizerRecipe.class, "a tokenizer", "train-tokenizer"),
    SEGMENT(SegmentRecipe.class, "segmentation", "segment");

    private final Class<? extends Record> type;
    private final String purpose;
    private final String command;

    RecipeKind(Class<? extends Record> type, String purpose, String command) {
        this.type = type;
        this.purpose = purpose;
        this.command = command;
    }

    /** The command that runs it. */
    public String command() {
        return command;
    }

    /** What it trains. */
    public String purpose() {
        return purpose;
    }

    /** The kind that shares most fields with the top of a recipe. */
    static RecipeKind of(ObjectNode root) {
        RecipeKind nearest = FINETUNE;
        for (RecipeKind kind : values()) {
            if (Fields.shared(root, kind.type) > Fields.shared(root, nearest.type)) {
                nearest = kind;
            }
        }
        return nearest;
    }

    /** The kind of a recipe that is more like one of those than like what a record holds. */
    static Optional<RecipeKind> otherThan(Class<?> wanted, ObjectNode root) {
        RecipeKind kind = of(root);
        return Fields.shared(root, kind.type) > Fields.shared(root, wanted) ? Optional.of(kind) : Optional.empty();
    }
}
