using Npgsql;

namespace ServiceDefaults.Tests;

public sealed class PersonVerbsTests
{
    [Theory]
    [InlineData("0812-6000-0001", 0, "+6281260000001")]
    [InlineData(" +62 812 6000 0001 ", 0, "+6281260000001")]
    [InlineData("(021) 7123-4567", 0, "+622171234567")]
    [InlineData("TELKOMSEL", 2, "this is no phone number")]
    [InlineData("9123", 2, "this is no phone number")]
    [InlineData("", 2, "this is no phone number")]
    public async Task PLT_9_a_person_is_named_by_his_number_in_any_spelling_and_by_nothing_else(string written, int exit, string said)
    {
        await using var database = NpgsqlDataSource.Create("Host=nowhere");
        using var input = new StringReader(written);
        using var output = new StringWriter();
        (await PersonVerbs.RunAsync(Repeat, database, input, output, TestContext.Current.CancellationToken)).ShouldBe(exit);
        output.ToString().TrimEnd().ShouldBe(said);
    }

    private static async Task<int> Repeat(PersonVerbs.Request request)
    {
        await request.Output.WriteLineAsync(request.Number);
        return 0;
    }
}
