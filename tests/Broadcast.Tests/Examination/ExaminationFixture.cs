using Broadcast.Tests.Testing;
using Contracts.Directory;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

/// <summary>A city that lets a Secretary examine under a mandate.</summary>
public sealed class ExaminationFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(StringComparer.Ordinal) { ["Broadcast:SecretaryMayExamine"] = "true" };

    public async Task<Post> AddSecretaryAsync()
    {
        var secretary = await AddPostAsync(City, "Staff", "Sekretaris SMS Center");
        await Bus.PublishAsync(new GrantedRolesChanged { OfficialId = secretary.Official, Roles = [Roles.Secretary], Version = 1 });
        await Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select exists (select from organisation.granted_roles where official_id = '{secretary.Official}')"));
        return secretary;
    }
}
