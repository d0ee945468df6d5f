using Directory.Accounts;

namespace Directory.Tests.Accounts;

public sealed class PasswordTests
{
    [Theory]
    [InlineData("pendek 12345", null)]
    [InlineData("pendek", "password-weak")]
    [InlineData("abababababababab", "password-weak")]
    [InlineData("password12345", "password-common")]
    [InlineData("P@ssw0rd2026!", "password-common")]
    [InlineData("123456 Password", "password-common")]
    [InlineData("Kata Sandi 2026", "password-common")]
    [InlineData("rahasia!!!!!1", "password-common")]
    [InlineData("98317265410283", "password-common")]
    [InlineData("1ndonesia12345", "password-common")]
    [InlineData("kata sandi pertama", null)]
    [InlineData("payung merah di teras", null)]
    [InlineData("kU8qp2Zx0aWn5vLr3TyE", null)]
    public void PLT_4_a_password_is_long_and_none_that_everybody_tries_first(string password, string? problem) => Password.ProblemOf(password).ShouldBe(problem);
}
