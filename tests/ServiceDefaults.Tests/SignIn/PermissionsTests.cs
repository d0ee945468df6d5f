using System.Globalization;
using System.Security.Claims;
using System.Text;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Tests.SignIn;

public sealed class PermissionsTests
{
    [Fact]
    public Task DIR_7_the_documentation_is_the_table() => Repository.ShouldHoldAsync("ServiceDefaults/SignIn/permissions.md", Rendered());

    [Fact]
    public void DIR_7_the_table_names_known_roles_and_scopes_and_each_permission_once()
    {
        Permissions.All.Select(permission => permission.Name).ShouldBeUnique();
        Permissions.All.SelectMany(permission => permission.Roles).ShouldBeSubsetOf(Roles.All);
        Permissions.All.SelectMany(permission => permission.Scopes).Distinct(StringComparer.Ordinal).ShouldBe(Scopes.All, ignoreOrder: true);
        Permissions.All.ShouldAllBe(permission => permission.Anybody || permission.AnyAccount || permission.Roles.Count + permission.Scopes.Count > 0);
    }

    [Fact]
    public void DIR_7_the_auditor_changes_nothing() => Permissions.All.Where(permission => permission.Roles.Contains(Roles.Auditor))
        .ShouldAllBe(permission => permission.Name.EndsWith(".read", StringComparison.Ordinal));

    [Fact]
    public void DIR_8_an_application_has_no_right_of_an_account_whatever_its_token_says()
    {
        var application = new ClaimsPrincipal(new ClaimsIdentity(
            [new("client_id", "x"), new("scope", "organisation.read"), new(ClaimTypes.Role, Roles.Administrator)], "Bearer"));
        Permissions.All.Where(permission => !permission.Anybody && permission.IsGivenTo(application)).ShouldBe([Permissions.ReadOrganisation]);
        Permissions.ReadOrganisation.IsGivenTo(new(new ClaimsIdentity([new Claim("scope", "organisation.read"), new Claim("client_id", "x")]))).ShouldBeFalse();
    }

    private static string Rendered()
    {
        var text = new StringBuilder("""
            # Who may do what

            Rendered from `Permissions.cs`; a test keeps the two equal, and another one asks every endpoint of every service as every role. An endpoint names its
            permission as `x-permission` in the API description. `*`: every account. An application needs one of the scopes instead of a role.


            """.ReplaceLineEndings("\n"));
        text.Append("| permission | allows | of whose | ").AppendJoin(" | ", Roles.All).Append(" | scopes |\n");
        text.Append("|---|---|---|").Insert(text.Length, ":-:|", Roles.All.Count).Append("---|\n");
        foreach (var permission in Permissions.All)
        {
            var cells = Roles.All.Select(role => permission.Anybody || permission.AnyAccount ? "*" : permission.Roles.Contains(role) ? "x" : "");
            text.Append(CultureInfo.InvariantCulture, $"| `{permission.Name}` | {permission.Allows} | {permission.Relation} | ")
                .AppendJoin(" | ", cells).Append(CultureInfo.InvariantCulture, $" | {string.Join(", ", permission.Scopes.Select(scope => $"`{scope}`"))} |\n");
        }

        text.Append("\nGranted to an account by the Administrator: ").AppendJoin(", ", Roles.Granted)
            .Append(".\nFollow from positions and appointments, and end with them: ").AppendJoin(", ", Roles.Held).Append(".\n");
        return text.ToString();
    }
}
