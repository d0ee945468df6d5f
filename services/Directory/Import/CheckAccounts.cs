using System.Text.RegularExpressions;
using Directory.Accounts;
using Directory.Storage;

namespace Directory.Import;

internal static partial class CheckAccounts
{
    [GeneratedRegex(Spelling.UserLogin, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserLogin();

    public static void Check(Sheet sheet, Plan plan, Func<string, string> normalized, Findings findings)
    {
        var officials = plan.Accounts.Values.Where(account => account.OfficialId is not null).ToDictionary(account => account.OfficialId!.Value);
        var written = new HashSet<string>(StringComparer.Ordinal);
        var given = new HashSet<Guid>();
        foreach (var row in sheet.Rows)
        {
            row.Is("userLogin", login => login.Length is >= Spelling.ShortestUserLogin and <= Spelling.LongestUserLogin && UserLogin().IsMatch(login), findings);
            var roles = Granting.Ordered(Words.ReadRoles(row["roles"] ?? ""));
            if (Granting.ProblemOf(roles, row["employeeNumber"] is not null || !row.IsRightIn("employeeNumber")) is { } problem)
                row.Refuse(findings, "roles", problem);
            var official = row.Find(findings, "employeeNumber", Layout.Officials, plan.Officials, "official-unknown");
            var isTwice = row["userLogin"] is { } spelled && !written.Add(normalized(spelled));
            if (isTwice)
                row.Refuse(findings, "userLogin", "import-twice");
            // Whose it is to be is not known: it may be right otherwise.
            if (row["userLogin"] is null || isTwice || !row.IsRightIn("employeeNumber"))
                continue;
            if (plan.Accounts.TryGetValue(normalized(row["userLogin"]!), out var known))
                Compare(row, known.OfficialId == official?.Id, known.Roles.SequenceEqual(roles, StringComparer.Ordinal), plan, findings);
            else if (official is not null && (officials.ContainsKey(official.Id) || !given.Add(official.Id)))
                row.Refuse(findings, "employeeNumber", "official-has-account");
            else if (row.IsRight)
                plan.NewAccounts.Add((row["userLogin"]!, official, roles));
        }
    }

    private static void Compare(Row row, bool isSameOfficial, bool isSameRoles, Plan plan, Findings findings)
    {
        if (!isSameOfficial)
            row.Refuse(findings, "userLogin", "user-login-taken");
        else if (!isSameRoles && row.IsRightIn("roles"))
            row.Refuse(findings, "roles", "import-differs");
        else if (row.IsRight)
            plan.Unchanged++;
    }
}
