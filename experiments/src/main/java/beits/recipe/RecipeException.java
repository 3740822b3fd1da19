package beits.recipe;

/** A recipe that cannot be used; the message is {@code file:line:column: field: what and the remedy}. */
public final class RecipeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public RecipeException(String message) {
        super(message);
    }

    public RecipeException(String message, Throwable cause) {
        super(message, cause);
    }
}
