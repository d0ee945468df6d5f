using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Directory.Storage;

/// <summary>Rules that the database holds, by the names of their constraints.</summary>
internal static class Constraints
{
    public const string UnitCode = "unit_code_key";
    public const string UnitTree = "unit_without_cycle";
    public const string UnitOpen = "unit_is_open";
    public const string UnitEmpty = "unit_closed_is_empty";
    public const string PositionOpen = "position_is_open";
    public const string OnePost = "position_one_of_its_kind";
    public const string PositionCode = "position_code_key";
    public const string KeywordOnce = "position_keyword_once";
    public const string KeywordRests = "position_keyword_rests";
    public const string EmployeeNumber = "official_employee_number_key";
    public const string NoticePhone = "official_notice_phone_key";
    public const string NoticePhoneRests = "official_notice_phone_rests";
    public const string SenderIdOnce = "official_sender_id_once";
    public const string SenderIdRests = "official_sender_id_rests";
    public const string OneHolder = "assignment_one_holder";
    public const string OneActingHolder = "assignment_one_acting_holder";
    public const string OneOperator = "unit_operator_one";
    public const string OperatorInUnit = "unit_operator_in_unit";
    public const string UserLogin = "account_normalized_user_login_key";
    public const string ApplicationName = "application_name_key";
    public const string TwoKeys = "application_key_two_at_once";
    public const string AccountOfOfficial = "account_official_id_key";

    /// <summary>The save broke this rule, of whatever sort it is: unique, check or exclusion.</summary>
    public static bool Breaks(this DbUpdateException failure, string constraint) =>
        failure.InnerException is PostgresException violation && violation.ConstraintName == constraint;
}
