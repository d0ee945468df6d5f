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
    [InlineData("warga@example.id", 2, "this is no phone number")]
    [InlineData("", 2, "this is no phone number")]
    public async Task PLT_9_a_person_is_named_by_his_number_in_any_spelling_and_by_nothing_else(string written, int exit, string said)
    {
        await using var database = NpgsqlDataSource.Create("Host=nowhere");
        using var input = new StringReader(written);
        using var output = new StringWriter();
        (await PersonVerbs.RunAsync(Repeat, null, database, input, output, TestContext.Current.CancellationToken)).ShouldBe(exit);
        output.ToString().TrimEnd().ShouldBe(said);
    }

    [Theory]
    [InlineData(" warga@example.id ", 0, "address warga@example.id")]
    [InlineData("0812-6000-0001", 0, "+6281260000001")]
    [InlineData("", 2, "this is neither a phone number nor an e-mail address")]
    [InlineData("warga", 2, "this is neither a phone number nor an e-mail address")]
    public async Task PLT_9_what_has_an_at_sign_is_an_address_where_addresses_are_kept(string written, int exit, string said)
    {
        await using var database = NpgsqlDataSource.Create("Host=nowhere");
        using var input = new StringReader(written);
        using var output = new StringWriter();
        (await PersonVerbs.RunAsync(Repeat, request => Repeat(request with { Person = $"address {request.Person}" }), database, input, output, TestContext.Current.CancellationToken)).ShouldBe(exit);
        output.ToString().TrimEnd().ShouldBe(said);
    }

    [Fact]
    public async Task PLT_9_what_the_audit_trail_cannot_be_told_is_not_done()
    {
        await using var database = NpgsqlDataSource.Create("Host=127.0.0.1;Port=9");
        using var output = new StringWriter();
        await Should.ThrowAsync<NpgsqlException>(() => PersonVerbs.Told("ErasePerson", "number", Repeat, TimeProvider.System)(new(database, "+6281260000001", output, TestContext.Current.CancellationToken)));
        output.ToString().ShouldBeEmpty();
    }

    private static async Task<int> Repeat(PersonVerbs.Request request)
    {
        await request.Output.WriteLineAsync(request.Person);
        return 0;
    }
}
