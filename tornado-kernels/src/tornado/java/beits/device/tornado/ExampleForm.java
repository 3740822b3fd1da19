package beits.device.tornado;

import java.util.List;

/**
 * Matrix products in the form of TornadoVM's own examples, two parallel loops over the elements of the result and a plain sum: what
 * the vector form is measured against.
 */
final class ExampleForm extends VectorForm {
    @Override
    public List<KernelTask> product(Product p, Operand a, Operand b, Operand c, Operand bias, Scratch room) {
        return List.of(plainProduct(p, a, b, c, bias));
    }
}
