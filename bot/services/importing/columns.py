"""The columns of an import and an export: the fields of each kind of table, with every header they are known by.

Headers are a file format and no text for readers. The first three of a column are what an export writes, in English,
Simplified and Traditional Chinese; all are read. Sources: exports and import templates of Wukong CRM 9 and 11 and of
Jiandaoyun, and what plain lists use.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.vocabulary import Language

_HINT_AFTER = re.compile(r"-例[::].*$")
_REQUIRED_MARK = re.compile(r"\((?:\*|必填|必填项|required)\)\s*$", re.IGNORECASE)
_BRACKETED = re.compile(r"\([^()]*\)\s*$")
_IGNORED = re.compile(r"[\s_\-.:*#/]+")


class Kind(StrEnum):
    """What a table holds. The order is the order in which they need each other."""

    PRODUCTS = "products"
    CUSTOMERS = "customers"
    LOCATIONS = "locations"
    CONTACTS = "contacts"
    OPPORTUNITIES = "opportunities"
    ORDERS = "orders"
    TOUCHES = "touches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field with its headers: one a language for writing, and the others it is read by."""

    en: str
    zh_hans: str
    zh_hant: str
    others: tuple[str, ...] = ()

    def header(self, language: Language) -> str:
        return {Language.EN: self.en, Language.ZH_HANS: self.zh_hans, Language.ZH_HANT: self.zh_hant}[language]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(header_key(header) for header in (self.en, self.zh_hans, self.zh_hant, *self.others))


def header_key(header: str) -> str:
    """A header without required marks, hints, case, width, spaces and punctuation."""
    text = unicodedata.normalize("NFKC", header).strip().lstrip("*").strip()
    text = _REQUIRED_MARK.sub("", _HINT_AFTER.sub("", text))
    return _IGNORED.sub("", text.casefold())


def bare_header_key(header: str) -> str:
    """The same, also without a bracketed remark at the end: Amount (SGD)."""
    return header_key(_BRACKETED.sub("", unicodedata.normalize("NFKC", header).strip()))


def _c(headers: str) -> Column:
    en, zh_hans, zh_hant, *others = headers.split(", ")
    return Column(en=en, zh_hans=zh_hans, zh_hant=zh_hant, others=tuple(others))


_ADDRESS = _c("Address, 地址, 地址, Full address, Street address, 完整地址, 客户地址, 客戶地址, 公司地址")
_MOBILE = _c("Mobile, 手机, 手機, Mobile phone, Cell, Cellphone, 手机号, 手機號碼, 手机号码, 移动电话, 行動電話")
_PHONE = _c("Phone, 电话, 電話, Telephone, Tel, Phone number, 座机, 联系电话, 聯絡電話, 固定电话, 市話")
_EMAIL = _c("Email, 邮箱, 電子郵件, E-mail, Mail, Email address, 电子邮箱, 电子邮件, 信箱, 電子信箱")
_OWNER = _c("Owner, 负责人, 負責人, Sales rep, Rep, Salesperson, Account owner, 业务员, 業務員, 销售, 跟进人")
_NOTES = _c("Notes, 备注, 備註, Note, Remark, Remarks, Comment, Comments")
_CREATED = _c("Created, 创建时间, 建立時間, Created at, Created on, Creation date, 创建日期, 建立日期, 提交时间")
_LAST_TOUCH = _c("Last contact, 最后跟进时间, 最後跟進時間, Last contacted, Last touch, Last follow-up, Last visit")
_NEXT_CONTACT = _c("Next contact, 下次联系时间, 下次聯絡時間, Next contact on, Next follow-up, 下次跟进时间")
_OF_CUSTOMER = _c(
    "Customer, 客户名称, 客戶名稱, Customer name, Company, Company name, Account, Account name, Shop, Store, 客户, "
    "客戶, 公司, 公司名称, 公司名稱, 所属客户, 所屬客戶, 对应客户, 门店, 门店名称"
)
_OF_ADDRESS = _c("Customer address, 客户地址, 客戶地址, Address, 地址, Shop address, 门店地址")
_LAT = _c("Latitude, 纬度, 緯度, Lat")
_LNG = _c("Longitude, 经度, 經度, Lng, Lon, Long")
_POINT = _c("Location, 定位, 定位, Coordinates, Position, 坐标, 座標, 经纬度, 經緯度")
_CURRENCY = _c("Currency, 币种, 幣別, Currency code, 货币, 貨幣, 币别")

REASON_COLUMN = _c("Error reason, 错误原因, 錯誤原因")  # the first column of an error file

COLUMNS: Mapping[Kind, Mapping[str, Column]] = {
    Kind.PRODUCTS: {
        "name": _c("Product name, 产品名称, 產品名稱, Product, Item, Item name, 商品名称, 商品, 产品, 品名"),
        "code": _c("Product code, 产品编码, 產品編號, SKU, Item code, Item no, 商品编码, 产品编号, 货号"),
        "category": _c("Category, 产品类型, 產品類型, Product type, Product category, 产品类别, 产品分类, 类别"),
        "unit": _c("Unit, 产品单位, 產品單位, Unit of measure, 单位, 單位"),
        "price": _c("Price, 价格, 價格, Unit price, List price, 单价, 標準價格, 标准价格"),
        "description": _c("Description, 产品描述, 產品描述, Product description, 描述"),
    },
    Kind.CUSTOMERS: {
        "name": _c(
            "Customer name, 客户名称, 客戶名稱, Name, Customer, Company, Company name, Account, Account name, "
            "Shop, Shop name, Store, Store name, Outlet, Lead name, 客户, 客戶, 名称, 名稱, 公司, 公司名称, "
            "公司名稱, 门店, 门店名称, 店名, 店鋪名稱, 线索名称, 線索名稱"
        ),
        "address": _ADDRESS,
        "address_detail": _c("Address detail, 详细地址, 詳細地址, Street"),
        "province": _c("Province, 省, 省, State, 省份"),
        "city": _c("City, 市, 市, Town, 城市, 县市, 縣市"),
        "district": _c("District, 区, 區, County, 区县, 區縣, 鄉鎮市區"),
        "area": _c("Address area, 地区定位, 地區定位"),
        "region": _c("Region, 区域, 區域, Territory, 地区, 地區, 片区"),
        "mobile": _MOBILE,
        "phone": _PHONE,
        "contact_name": _c("Contact, 联系人, 聯絡人, Contact name, Contact person, 联系人姓名, 聯絡人姓名"),
        "industry": _c("Industry, 客户行业, 客戶行業, Sector, 行业, 產業, 行業"),
        "channel": _c("Channel, 渠道, 通路, Sales channel, 销售渠道"),
        "size": _c("Size, 规模, 規模, Company size, 客户规模, 人员规模"),
        "source": _c("Source, 客户来源, 客戶來源, Lead source, 来源, 來源, 线索来源, 線索來源"),
        "grade": _c(
            "Grade, 客户级别, 客戶級別, Class, Level, Rank, Tier, 级别, 等级, 客户等级, 客戶等級, 客户分级, 級別, 等級"
        ),
        "owner": _OWNER,
        "tags": _c("Tags, 标签, 標籤, Tag, Labels, 客户标签"),
        "lat": _LAT,
        "lng": _LNG,
        "point": _POINT,
        "key_account": _c("Key account, 大客户, 大客戶, KA, 重点客户, 重點客戶"),
        "visits_per_week": _c("Visits per week, 每周拜访次数, 每週拜訪次數"),
        "opening": _c(
            "Opening hours, 营业时间, 營業時間, Business hours, Visiting hours, Open hours, Hours, 开门时间, 接待时间, "
            "接待時間, 可拜访时间, 可拜訪時間"
        ),
        "closed_days": _c("Closed on, 休息日, 公休日, Closed days, Day off, 店休日, 休息時間"),
        "stage": _c("Relationship stage, 合作阶段, 合作階段, 客户阶段"),
        "notes": _NOTES,
        "last_touch": _LAST_TOUCH,
        "next_contact": _NEXT_CONTACT,
        "created": _CREATED,
        "ended": _c("Ended, 终止时间, 終止時間, Ended on"),
        "ended_reason": _c("Why ended, 终止原因, 終止原因"),
    },
    Kind.LOCATIONS: {
        "customer": _OF_CUSTOMER,
        "address": _OF_ADDRESS,
        "lat": _LAT,
        "lng": _LNG,
        "point": _POINT,
    },
    Kind.CONTACTS: {
        "name": _c(
            "Name, 姓名, 姓名, Contact, Contact name, Full name, Contact person, 联系人, 聯絡人, 联系人姓名, 聯絡人姓名"
        ),
        "customer": _OF_CUSTOMER,
        "address": _c("Customer address, 客户地址, 客戶地址"),
        "mobile": _MOBILE,
        "phone": _PHONE,
        "email": _EMAIL,
        "job_title": _c("Job title, 职务, 職務, Title, Position, 职位, 職稱, 岗位"),
        "decides": _c(
            "Decision maker, 是否关键决策人, 是否關鍵決策人, Key decision maker, Decides, 关键决策人, 决策人"
        ),
        "role": _c("Role, 角色, 角色, Contact role, 决策角色, 決策角色"),
        "birthday": _c("Birthday, 生日, 生日, Date of birth, 出生日期"),
        "notes": _NOTES,
        "created": _CREATED,
    },
    Kind.OPPORTUNITIES: {
        "name": _c("Opportunity, 商机名称, 商機名稱, Opportunity name, Deal, Deal name, 商机, 銷售機會"),
        "customer": _OF_CUSTOMER,
        "address": _OF_ADDRESS,
        "amount": _c("Amount, 商机金额, 商機金額, Value, Deal value, Deal amount, 预计金额, 預計金額, 金额, 金額"),
        "currency": _CURRENCY,
        "stage": _c("Stage, 商机阶段, 商機階段, Deal stage, Sales stage, 销售阶段, 銷售階段, 阶段, 階段"),
        "expected": _c(
            "Expected close, 预计成交日期, 預計成交日期, Expected close date, Close date, Expected date, Expected on"
        ),
        "competitor": _c("Competitor, 竞争对手, 競爭對手, Rival"),
        "reason": _c("Reason, 原因, 原因, Lost reason, Loss reason, 输单原因"),
        "owner": _OWNER,
        "created": _CREATED,
    },
    Kind.ORDERS: {
        "number": _c(
            "Order no, 合同编号, 訂單編號, Order number, Order id, Order, Invoice no, Invoice number, Contract no, "
            "订单编号, 訂單號碼, 订单号, 合同号, 合約編號, 合同編號"
        ),
        "customer": _OF_CUSTOMER,
        "address": _OF_ADDRESS,
        "date": _c(
            "Order date, 下单时间, 下單時間, Date, Ordered on, Invoice date, 下单日期, 下單日期, 订单日期, "
            "訂單日期, 签约日期, 日期"
        ),
        "amount": _c(
            "Amount, 合同金额, 訂單金額, Order amount, Total, Order total, Total amount, Grand total, 订单金额, "
            "合同金額, 金额, 金額, 总金额, 總金額, 合计金额"
        ),
        "currency": _CURRENCY,
        "title": _c("Title, 合同名称, 合同名稱, Order name, Subject, Contract name, 订单名称, 訂單名稱"),
        "state": _c("Approval, 审核状态, 審核狀態, Order status, 订单状态, 訂單狀態, 合同状态"),
        "product": _c("Product, 产品名称, 產品名稱, Product name, Item, Item name, 商品名称, 产品, 商品"),
        "product_code": _c("Product code, 产品编码, 產品編號, SKU, Item code, 商品编码, 产品编号"),
        "quantity": _c("Quantity, 数量, 數量, Qty, Units"),
        "line_amount": _c("Line amount, 产品小计, 產品小計, Line total, 小计, 小計, 行金额, 明细金额"),
    },
    Kind.TOUCHES: {
        "customer": _OF_CUSTOMER,
        "address": _OF_ADDRESS,
        "at": _c(
            "Contacted at, 跟进时间, 跟進時間, Contacted on, Follow-up time, Follow-up date, Visited on, "
            "Visit date, 拜访时间, 拜訪時間"
        ),
        "note": _c("What was said, 跟进内容, 跟進內容, Content, Note, Notes, Summary, 拜访内容, 拜訪內容"),
        "way": _c("Way of contact, 跟进方式, 跟進方式, Type, Method, 联系方式, 拜访方式"),
        "owner": _c("Member, 跟进人, 跟進人, Owner, Rep, By, 负责人, 負責人, 创建人"),
        "next_contact": _NEXT_CONTACT,
    },
}

# One field of each group must have a column, or the table is not of that kind.
REQUIRED: Mapping[Kind, tuple[frozenset[str], ...]] = {
    Kind.PRODUCTS: (frozenset({"name"}),),
    Kind.CUSTOMERS: (frozenset({"name"}),),
    Kind.LOCATIONS: (frozenset({"customer"}), frozenset({"lat", "point"}), frozenset({"lng", "point"})),
    Kind.CONTACTS: (frozenset({"name"}), frozenset({"customer"})),
    Kind.OPPORTUNITIES: (frozenset({"name"}), frozenset({"customer"})),
    Kind.ORDERS: (
        frozenset({"number"}),
        frozenset({"customer"}),
        frozenset({"date"}),
        frozenset({"amount", "line_amount"}),
    ),
    Kind.TOUCHES: (frozenset({"customer"}), frozenset({"at"})),
}

FIELD_BY_HEADER: Mapping[Kind, Mapping[str, str]] = {
    kind: {key: field for field, column in reversed(tuple(columns.items())) for key in column.keys}
    for kind, columns in COLUMNS.items()
}
ALL_HEADERS = frozenset(key for fields in FIELD_BY_HEADER.values() for key in fields)
