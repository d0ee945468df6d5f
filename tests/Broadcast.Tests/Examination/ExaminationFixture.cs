using Broadcast.Tests.Testing;
using Contracts.Directory;
using ServiceDefaults.SignIn;

namespace Broadcast.Tests.Examination;

/// <summary>A city that lets a Secretary examine under a mandate.</summary>
public sealed class ExaminationFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(StringComparer.Ordinal) { ["Broadcast:SecretaryMayExamine"] = "true" };

    public Task<Post> AddSecretaryAsync() => AddGrantedAsync(Roles.Secretary);

    /// <summary>An official to whose account a role is granted.</summary>
    public async Task<Post> AddGrantedAsync(string role)
    {
        var post = await AddPostAsync(City, "Staff", "Staf SMS Center");
        await Bus.PublishAsync(new GrantedRolesChanged { OfficialId = post.Official, Roles = [role], Version = 1 });
        await Eventually.TrueAsync(() => Database.ScalarAsync<bool>($"select exists (select from organisation.granted_roles where official_id = '{post.Official}')"));
        return post;
    }
}
