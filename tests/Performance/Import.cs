using System.Net.Http.Json;
using System.Text.Json;
using Directory.Storage;
using Testing;

namespace Performance;

/// <summary>An organisation of 200 units and 5,000 officials with 20 years of history, from the file to the audit entry, and until another service has it too.</summary>
internal static class Import
{
    private const string Imports = "/api/directory/imports";

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var directory = new DirectoryHost();
        await directory.InitializeAsync();
        await using var copier = new InboundSmsHost { SharedBroker = directory.Broker };
        await copier.InitializeAsync();
        using var administrator = directory.Client(roles: "Administrator");
        var city = new LargeCity();

        var start = TimeProvider.System.GetTimestamp();
        using var file = new ByteArrayContent(city.ToFile());
        var started = await administrator.PostAsync($"{Imports}?dryRun=false", file);
        started.EnsureSuccessStatusCode();
        var id = (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await Eventually.TrueAsync(
            async () => (await administrator.GetFromJsonAsync<JsonElement>($"{Imports}/{id}")).GetProperty("state").GetString() == "Done", seconds: 300);
        var loaded = TimeProvider.System.GetElapsedTime(start);
        await Eventually.TrueAsync(() => copier.Database.ScalarAsync<bool>($"select count(*) = {city.Assignments} from organisation.assignment"), seconds: 300);
        var copied = TimeProvider.System.GetElapsedTime(start);
        return
        [
            new("organisation of 5,000 loaded", $"{Row.Number(loaded.TotalSeconds)} s", $"{Row.Number(city.Units + 3 * city.Officials + city.Assignments)} rows, an event for each"),
            new("… and whole in another service", $"{Row.Number(copied.TotalSeconds)} s"),
        ];
    }

    /// <summary>Directory in this process; believes the tokens of the measurement.</summary>
    private sealed class DirectoryHost() : ServiceFixture<DirectoryDb>("directory")
    {
        private const string KeyPassword = "only for measurements";

        // Directly: the wire that tests can cut would be measured too.
        protected override int DatabasePort => Servers.Port("POSTGRES_PORT");

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(StringComparer.Ordinal) { ["Tokens:KeyPassword"] = KeyPassword };

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await SignIn.BecomeKeyOfDirectoryAsync(Database, KeyPassword, Clock.GetUtcNow());
            // Directory's own state takes the place of the one that the fixture wrote; after that the key stays.
            await Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select at > '{Clock.GetUtcNow():O}' and keys @> '[{{\"KeyId\":\"test\"}}]' from sign_in_state"));
            using var client = Client(roles: "Administrator");
            await Eventually.TrueAsync(async () => (await client.GetAsync($"{Imports}/template")).IsSuccessStatusCode);
        }
    }
}
