#include "recorder/core/redact_rules.h"

namespace pilothouse::recorder {

// Secrets that show what they are. The shortest lengths are below the real ones: a text may have been cut.
const std::initializer_list<RedactRule> kRedactRules = {
    {"private-key",
     {"-----begin"},
     // Up to its end; when that is missing, what still looks like its body.
     R"re((-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:(?s:.*?)-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|)re"
     R"re((?:(?:\\+[nrt]|[\s"'+,>|])*(?:[A-Za-z0-9+/=]{8,}|(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]*))*(?:(?:\\+[nrt]|\s)[A-Za-z0-9+/]*={0,2})?)))re",
     ""},
    {"url-password",
     {"://"},
     R"re(://(?:[^\s/?#:@"'<>\\]*:((?:[^\s/"'<>\\@?#]|[^\s/"'<>\\@]*[^0-9\s/"'<>\\@{}][^\s"'<>\\]*)[^\s/"'<>\\]*)|([A-Za-z0-9_.~%-]{20,}))@[\w.\[%{-])re",
     R"re(\*+|x{3,}|\.{3}|\[.*|\{[^{}]*\}(?:/.*)?|\$\{?\w+\}?|%\(?\w*\)?s|(?i:password|passwd|pass|pwd)|[0-9]+|[a-z.-]+)re"},
    {"bearer",
     {"bearer", "basic", "negotiate"},
     R"re((?i)\b(?:bearer|basic|negotiate)(?:[ \t]+|%20)([A-Za-z0-9+/][A-Za-z0-9._~+/-]{7,}=*))re",
     R"re([A-Za-z]?[a-z_./-]+[.,]?|(?:[A-Z][a-z]+){1,4}|[A-Z_-]+(?:[a-z]+)?|[A-Za-z_.]+/[\w.]+|(?:Basic|Bearer)\w*|[a-z_]+-[\w.-]*)re"},
    {"authorization",
     {"authorization"},
     R"re((?i)authorization\\*["']?\s*[:=,]\s*\\*["']?((?:basic|bearer|digest|negotiate|ntlm|token|key|apikey|hmac|oauth|sharedkey|sharedkeylite|signature|aws4-hmac-sha256)\s+[^\r\n"'\\]{4,}))re",
     R"re([A-Za-z0-9-]+\s+(?:[a-z]+|\{[^{}]*\}|<[^<>]*>|\$\w+|%s)[ .]*)re"},
    {"cookie",
     {"cookie"},
     R"re((?i)\b(?:set-)?cookie\\*["']?\s*(?::|",|',)\s*\\*["']?([\w.-]+=[^\r\n"'\\]{4,}))re",
     ""},
    {"aws-access-key",
     {"akia", "asia", "agpa", "aida", "aroa", "anpa", "anva", "aipa"},
     R"re(\b((?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|AIPA)[0-9A-Z]{12,28})\b)re",
     ""},
    {"github-token",
     {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"},
     R"re(\b((?:gh[pousr]_[A-Za-z0-9]|github_pat_[A-Za-z0-9])[A-Za-z0-9_]{9,}))re",
     "[a-z_]+"},
    {"gitlab-token",
     {"glpat-", "glptt-", "gldt-", "glrt-", "glcbt-", "glsoat-", "gloas-", "glft-"},
     R"re(\b(gl(?:pat|ptt|dt|rt|cbt|soat|oas|ft)-[A-Za-z0-9_.-]{10,}))re",
     "[a-z-]+"},
    {"slack-token", {"xox", "xapp-"}, R"re(\b((?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8,}))re", ""},
    {"slack-webhook",
     {"hooks.slack.com"},
     R"re((?i)hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9_/-]{8,}))re",
     ""},
    {"stripe-key",
     {"sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"},
     R"re(\b((?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{8,}))re",
     "[a-z_]+"},
    {"openai-key",
     {"sk-"},
     R"re(\b(sk-[A-Za-z0-9_-]{16,}))re",
     "sk-[a-z_-]+|sk-[a-z]+-[0-9a-f]{32}|sk-[0-9a-f]{8}-[0-9a-f]{4}-.*"},
    {"google-key",
     {"aiza", "ya29.", "gocspx-"},
     R"re(\b(AIza[A-Za-z0-9_-]{16,}|ya29\.[A-Za-z0-9_-]{8,}|GOCSPX-[A-Za-z0-9_-]{8,}))re",
     ""},
    {"npm-token", {"npm_"}, R"re(\b(npm_[A-Za-z0-9]{16,}))re", "[a-z_]+"},
    {"pypi-token", {"pypi-a"}, R"re(\b(pypi-A[A-Za-z0-9_-]{16,}))re", ""},
    {"huggingface-token", {"hf_", "api_org_"}, R"re(\b((?:hf|api_org)_[A-Za-z0-9]{20,}))re", "[a-z_]+"},
    {"service-token",
     {"dckr_pat_", "dop_v1_", "doo_v1_", "dapi", "sg.", "hvs.", "hvb.", "shpat_", "shpss_", "shpca_",
      "shppa_", "lin_api_", "glsa_", "sntrys_", "pul-", "atatt3", "figd_"},
     R"re(\b((?:dckr_pat_|do[op]_v1_|hv[sb]\.|shp(?:at|ss|ca|pa)_|lin_api_|glsa_|sntrys_|ATATT3|figd_)[A-Za-z0-9_=.-]{16,}|dapi[0-9a-f]{32}(?:-\d)?|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|pul-[0-9a-f]{40})\b)re",
     ""},
    {"telegram-token", {":aa"}, R"re((:AA[A-Za-z0-9_-]{33}))re", ""},
    {"jwt", {"eyj"}, R"re(\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}))re", ""},
    {"pilothouse-token", {"ph_"}, R"re(\b(ph_[A-Za-z0-9_-]{20,}))re", "[a-z_-]+"},
    {"azure-key",
     {"accountkey", "sharedaccesskey", "sharedsecret"},
     R"re((?i)\b(?:accountkey|sharedaccesskey|sharedsecret(?:value)?)\s*=\s*([A-Za-z0-9+/%_-]{8,}=*))re",
     "[A-Za-z]?[a-z_]+"},
    {"signature",
     {"sig=", "signature="},
     // The part of a signed address that opens it: Azure's, Amazon's, Google's.
     R"re((?i)\b(?:sig|signature|x-(?:amz|goog)-signature)=([A-Za-z0-9%+/_-]{16,}=*))re",
     "[a-z_-]+"},
    {"curl-password",
     {" -u ", "--user ", "-u', '", "--user', '"},
     R"re((?i)(?: -u|--user)(?:\s+|', ')["']?[^\s:"'/]+:([^\s"'/:]+))re",
     R"re(\{[^{}]*\}|\$.*|[0-9]+)re"},
};

const std::initializer_list<SecretName> kSecretNames = {
    {"password",
     {"pass", "pwd"},
     "(?:[a-z0-9_.-]*(?:passw(?:or)?d|passphrase|passcode|pwd|passwort)|(?:[a-z0-9_.-]*[_.-])?pass)",
     "",
     R"re((?:[./~]|[A-Za-z]:\\)[\w./~\\ -]*)re"},
    {"secret",
     {"secret", "private", "signing", "encryption", "credential"},
     "[a-z0-9_.-]*(?:secrets?|secret[_-]?(?:access[_-]?)?key|(?:private|signing|encryption)[_-]?key|"
     "credentials?)",
     "",
     ""},
    {"api-key",
     {"api_key", "api-key", "apikey", "access_key", "access-key", "accesskey", "account_key", "account-key",
      "auth_key", "auth-key", "authkey", "subscription-key", "subscription_key", "storage_key", "master_key",
      "service_key", "app_key", "appkey"},
     "[a-z0-9_.-]*(?:api|access|account|auth|subscription|storage|master|service|app)[_-]?key",
     "",
     ""},
    {"token",
     {"token"},
     "[a-z0-9_.-]*token",
     // Words of tokenizers, and places in a listing.
     R"re((?i)(?:\b|_)(?:next_?)?(?:pad|eos|bos|unk|sep|cls|mask|special|stop|start|end|next|last|first|prev|previous|current|cur|continuation|page|sync|lookahead|new|max|min|num|n|per|unexpected|invalid|syntax|expected|image|audio|sentinel|cancellation|cancel)[_-]?token\b)re",
     R"re(.{0,5}|[0-9.]{1,16}|[\[<|].*|(?:\{[^{}]*\}[ _.-]?)?[a-z]{1,12}(?:[-_. ]{1,2}(?:[a-z]{1,12}|\{[^{}]*\}))*)re"},
    {"authorization",
     {"authorization"},
     "[a-z0-9_.-]*authorization",
     "",
     R"re((?:(?i:basic|bearer|digest|negotiate|required)\s*)(?:[a-z]+|\{[^{}]*\}|<[^<>]*>|\$\w+|%s)?)re"},
};

// What may be in place of "{suffix}" and so on.
const std::initializer_list<std::pair<std::string_view, std::string_view>> kSecretParts = {
    // Behind a name: it may have a number, or say where it is used.
    {"{suffix}",
     R"re((?:[_-]?(?:[0-9]{1,3}|prod|dev|test|stage|staging|old|new|value|b64|base64|live|main|primary|secondary))?)re"},
    // A value without quotes.
    {"{bare}", R"re(([^\s,;&"'()\[\]{}<>=\\][^\s,;&"'()\[\]{}<>\\]*))re"},
    // What only a variable, a number or a call is called in code.
    {"{code}",
     R"re(.*`.*|[A-Za-z_]+|_*[a-z]+[0-9]{0,2}(?:_[a-z]+[0-9]{0,2})+|(?:[A-Za-z_]\w{0,40}\.)+[A-Za-z_]\w{0,40}|_*(?:pass|pw|pwd|tok|secret|key|api|auth|cred|var|arg|val|kwarg|param|tmp|self|new|old|user|client)[A-Za-z_]*[0-9]?|[A-Za-z_]{1,4}[0-9]{0,2}|[-+]?(?:0[xob])?[0-9.]{1,3}|[-+*/|.:=!?]+|\.{0,2}(?:/[A-Za-z_.]?[a-z_.0-9-]*)+/?|[A-Za-z_]\w*[-+*/|%][A-Za-z_]\w{0,20})re"},
};

// Values that only stand for one.
const std::string_view kNoSecret =
    R"re(\*+|x{3,}|\.{3,}|<[^<>]*>|[)\]},:;\s]*[,+%)\]}][:;]?(?:\s.*)?|(?:[^%\w]*%\(?\w*\)?[sdr])+[^%\w]*|(?:[^{}]{0,2}\{[^{}]*\})+[^{}]{0,2}|\$\{?[\w.-]+\}?|\$\(.*|%\(?\w*\)?[sdr]?|%\w+%|-|\\.?|(?i:none|null|nil|true|false|yes|no|undefined|nan|str|string|bytes|int|redacted|hidden|masked|removed|omitted|required|optional|default|empty|unset|missing|invalid|wrong|expired|changeme|your[_-].*))re";

const std::initializer_list<SecretForm> kSecretForms = {
    // password="..." and "password": "...", also within other quotes, annotated, or wrapped in a type.
    {Begin::kName,
     R"re((?i){name}{suffix}(?:\\*["'])?\]?[ \t]*(?::[ \t]*[a-z_.][\w.\[\]|, ]{0,40}?)?(?::=|=>|[:=]=?|!=)[ \t]*(?:[\w.]*(?:secret|password)\w*\(\s*|(?:str|bytes)\(\s*)?(?:[rbuf]{0,2}(?:"""([^"]+)|'''([^']+))|\\+"((?:[^"\\\n]|\\+[^"\\\n])+)|\\+'((?:[^'\\\n]|\\+[^'\\\n])+)|[rbuf]{0,2}(?:"((?:[^"\\\n]|\\(?s:.))+)|'((?:[^'\\\n]|\\(?s:.))+))))re",
     ""},
    // "DB_PASSWORD", "..." and ("X-Api-Key", "...")
    {Begin::kName,
     R"re((?:{NAME}|(?i:(?:x-|proxy-){name}))(?i:{suffix})\\?["'][ \t]*,[ \t]*b?\\?["']([^"'\\\n]+))re",
     R"re([A-Z_-]+)re"},
    // ?token=...
    {Begin::kMark, R"re((?i)[?&](?:amp;)?{name}{suffix}=([^\s&#"'<>\\)\]]+))re", ""},
    // --password ..., as a line or as a list
    {Begin::kName,
     R"re((?i)--{name}{suffix}(?:(?:=|[ \t]+)\\?["']?|\\?["'][ \t]*,[ \t]*\\?["'])([^\s"',\\\])}]+))re",
     R"re([A-Z_]+|-.*|(?:a|an|and|any|are|argument|as|at|by|can|file|flag|for|from|has|if|in|instead|is|it|may|must|not|of|on|option|options|or|parameter|should|that|the|to|was|when|which|with|without|value)[.:]?)re"},
    // host=db password=...
    {Begin::kWord, R"re((?i)[^\s]*[\w"'.:>\])][ \t]+{name}{suffix}={bare}(?:\s|$|[;,]\s|[;"']))re",
     R"re([A-Za-z_]\w*\.[A-Za-z_.]+)re"},
    // password=... host=db
    {Begin::kName, R"re((?i){name}{suffix}={bare}[ \t]+[a-z_]+=[^=\s])re", ""},
    // Server=db;Pwd=...;
    {Begin::kMark, R"re((?i);\s*{name}{suffix}\s*=\s*([^;\s"'=][^;"'\n]*))re", "{code}"},
    {Begin::kName, R"re((?i){name}{suffix}=([^;\s"'(){}\[\],=]+);[a-z])re", ""},
    // DB_PASSWORD=...
    {Begin::kName, R"re({NAME}(?i:{suffix})={bare}(?:[\s;,"'\\]|$))re", R"re([A-Z_]+|(?:/[\w.-]+)+)re"},
    // A line of YAML; or of Python, which annotates with types.
    {Begin::kLine, R"re((?im)[ \t-]*{name}{suffix}:[ \t]+([^\s#"'\[{|>&*<(=\\][^\n#]*?)[ \t]*(?:#.*)?$)re",
     R"re((?:str|bytes|int|float|bool|object|dict|list|tuple|set|any|Any|Optional|Union|Callable|Literal|Annotated|Final|ClassVar|typing|t)\b.*|[\w.]+\[.*|[\w.]+\(.*|_*[A-Z]\w*[a-z][A-Z]\w*,?|_*[A-Z]?[a-z]*(?:Str|Bytes|Type|Password|Token|Secret|Credentials?|Key),?|[A-Za-z_.]+,|.*[=(].*|[A-Za-z]?[a-z]+ .*)re"},
    // Anything else that cannot be a variable.
    {Begin::kName,
     R"re((?i){name}{suffix}(?:\\*["'])?\]?[ \t]{0,4}(?::=|=>|[:=])[ \t]{0,4}{bare}(?:[\s,;&"')\]}>\\]|$))re",
     "{code}"},
    // <password>...</password>
    {Begin::kName, R"re((?i){name}\s*>([^<>\n]+)</)re", ""},
};

}  // namespace pilothouse::recorder
